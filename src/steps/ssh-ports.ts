import type { Facts, Needs } from '../engine/facts.js';
import { CONFIG_FILES, configLines } from './sshd-config/lines.js';
import { SSH_SOCKET } from './sshd-config/units.js';

/** Where the SSH server listens, and where its files say that it shall: after a restart that may be what counts. */
export interface SshPorts {
  listening: number[];
  configured: number[];
}

/** What sshPorts() needs. */
export const SSH_PORTS: Needs = {
  listeners: true,
  units: [SSH_SOCKET],
  files: [CONFIG_FILES],
  sshd: ['root'],
};

/**
 * Pure. The ports of the SSH server, each once. systemd may listen for it, and with socket activation what sshd's files
 * say may not be in force: the socket has its own ports, or takes them over only when it is made anew (Ubuntu 24.04).
 */
export function sshPorts(facts: Facts): SshPorts {
  const socket = facts.unit(SSH_SOCKET);
  const listening = facts
    .listeners()
    .filter(
      ({ transport, owners }) => transport === 'tcp' && owners.some(({ program }) => program === 'sshd'),
    )
    .map(({ address, port }) => `${address}:${port}`);
  const names = configLines(facts.files()).map(({ name }) => name);
  const named = names.includes('port') || names.includes('listenaddress');
  return {
    listening: portsOf([...listening, ...(socket.active === 'active' ? socket.streams : [])]),
    configured: named ? portsOf(facts.sshd('root').get('listenaddress') ?? []) : [],
  };
}

/** Listeners on loopback are forwardings of somebody's session, not doors. */
function portsOf(addresses: readonly string[]): number[] {
  const ports = addresses.flatMap((address) => {
    const [, host = '', port] = /^(\S*?):(\d+)$/.exec(address) ?? [];
    return port === undefined || /^(127\.|\[::1\])/.test(host) ? [] : [Number(port)];
  });
  return [...new Set(ports)];
}
