import { join } from 'node:path';
import { joinCgroups } from './cgroup.js';
import { networkOf } from './network.js';
import { directoryOf, type State } from './state.js';

/** Exit code by which systemd-nspawn says that the server asked for a reboot. */
const REBOOT = 133;

/**
 * Script that keeps a server running as a machine does: boots it, and boots it again when it reboots or when its
 * plug was pulled (a file `again` lies there). It outlives the process that started it.
 * Each boot gets a new network namespace: in a used one ufw's chains are still there, and ufw would then add no
 * jumps to them.
 */
export function bootLoop(state: State): string {
  const { namespace, veth, bridge, mac, server, server6, gateway } = networkOf(state.slot);
  const directory = directoryOf(state.name);
  return `cd ${directory} || exit 1
while :; do
  rm -f again
  ip link del ${veth} 2>/dev/null
  ip netns del ${namespace} 2>/dev/null
  ip netns add ${namespace} &&
  ip link add ${veth} type veth peer name eth0 netns ${namespace} address ${mac} &&
  ip link set ${veth} master ${bridge} up &&
  ip -n ${namespace} link set lo up &&
  ip -n ${namespace} link set eth0 up &&
  ip -n ${namespace} addr add ${server}/24 dev eth0 &&
  ip -n ${namespace} route add default via ${gateway} || exit 1
  ip -n ${namespace} addr add ${server6}/64 dev eth0 nodad
  (
    find ${state.cgroups.map((group) => `${group}/server`).join(' ')} -mindepth 1 -depth -type d -exec rmdir {} \\; 2>/dev/null
    ${joinCgroups(state.cgroups, 'server')}
    exec sh -c 'echo $$ >server.pid; exec "$@"' sh ${nspawnCommand(state).join(' ')}
  )
  code=$?
  rm -f server.pid
  [ $code = ${REBOOT} ] || [ -e again ] || break
done
`;
}

/** What systemd-nspawn calls the server; names of folders under /run follow from it, and they are the machine's. */
export const machineName = (slot: number) => `bsr-${slot}`;

/** The command that boots the server once. */
function nspawnCommand(state: State): string[] {
  return [
    // It may set what its own network namespace has of /proc/sys, as a virtual server may: systemd-nspawn(1), "Environment".
    'env',
    'SYSTEMD_NSPAWN_API_VFS_WRITABLE=network',
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${join(directoryOf(state.name), 'disk')}`,
    `--machine=${machineName(state.slot)}`,
    // The machine may not run systemd itself, so nobody is there to register with or to make a unit.
    '--register=no',
    '--keep-unit',
    `--network-namespace-path=/run/netns/${networkOf(state.slot).namespace}`,
    // ufw's chains are real ones.
    '--capability=CAP_NET_ADMIN',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
  ];
}
