import { CONF_FOLDER } from '../../server-folders.js';

/** What the vendor's packages of all versions, `emqx` and `emqx-enterprise` alike, lay down. */
export const EMQX = {
  unit: 'emqx.service',
  /** System user and group that the broker runs as. */
  user: 'emqx',
  etc: '/etc/emqx',
  conf: '/etc/emqx/emqx.conf',
  acl: '/etc/emqx/acl.conf',
  /** Arguments of the Erlang virtual machine. */
  vm: '/etc/emqx/vm.args',
  data: '/var/lib/emqx',
  log: '/var/log/emqx',
  /** Its program and what belongs to it. */
  library: '/usr/lib/emqx',
  /** Not in /etc/emqx, which belongs to EMQX's user: whoever owns a folder can have root write elsewhere. */
  certificates: `${CONF_FOLDER}/certificate`,
  /** The one account of the dashboard that the package makes, and the password that it ships with. */
  admin: 'admin',
  shippedPassword: 'public',
} as const;

/** The Erlang virtual machine, as ss(8) and pgrep(1) name it. */
export const VM = 'beam.smp';

/** Lines of vm.args that keep the inner ports of a lone node from the world, where emqx.conf cannot. */
export const ARGUMENTS = {
  /** kernel(6), inet_dist_use_interface. */
  distributionOnLoopback: '-kernel inet_dist_use_interface {127,0,0,1}',
  /** gen_rpc_helper.erl at 2.5.1 and 2.8.1: without a port it does not listen; nodes would need it to find each other. */
  noRpc: '-gen_rpc tcp_server_port false',
} as const;

/** Ports, each written once. */
export const PORTS = {
  mqtt: 1883,
  mqtts: 8883,
  ws: 8083,
  wss: 8084,
  /** Of the dashboard; the plain one is never opened. */
  dashboardPlain: 18083,
  dashboard: 18084,
  /** 4.x: management API; past authentication, on loopback. */
  management: 8081,
  internalMqtt: 11883,
  /** Erlang distribution, gen_rpc, epmd (D58 deploy/cluster/security.md). */
  distribution: 4370,
  rpc: 5370,
  epmd: 4369,
  coaps: 5684,
  /** The convention of EMQX 5 for LwM2M; its 4.x would collide with CoAP. */
  lwm2ms: 5784,
} as const;
