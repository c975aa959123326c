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
  /** A folder of our own: the package makes everything directly in /etc/emqx readable for all at each upgrade. */
  certificates: '/etc/emqx/certs/broker-setup',
  /** The one account of the dashboard that the package makes, and the password that it ships with. */
  admin: 'admin',
  shippedPassword: 'public',
} as const;

/** For vm.args: kernel(6), inet_dist_use_interface. */
export const DISTRIBUTION_ON_LOOPBACK = '-kernel inet_dist_use_interface {127,0,0,1}';

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
