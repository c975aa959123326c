import { split } from 'shlex';
import { SetupError } from '../errors.js';
import { attempt, run } from './run.js';

/** Names and addresses of one rehearsal's network; everything follows from its slot. */
export interface Network {
  /** Third octet of the subnet. */
  slot: number;
  /** Name of the network namespace. */
  namespace: string;
  bridge: string;
  /** This machine's end of the cable into the server. */
  veth: string;
  /** This machine on the bridge. */
  gateway: string;
  gateway6: string;
  server: string;
  server6: string;
  subnet: string;
  mac: string;
}

/** The network of a slot. Interface names stay below the kernel's 15 characters. */
export function networkOf(slot: number): Network {
  const four = `10.213.${slot}`;
  const six = `fd62:7372:0:${slot.toString(16)}:`;
  return {
    slot,
    namespace: `bsr-${slot}`,
    bridge: `bsr-br${slot}`,
    veth: `bsr-v${slot}`,
    gateway: `${four}.1`,
    gateway6: `${six}:1`,
    server: `${four}.10`,
    server6: `${six}:10`,
    subnet: `${four}.0/24`,
    mac: `02:62:73:72:${slot.toString(16).padStart(2, '0')}:0a`,
  };
}

const number = (address: string) => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

/** Whether two IPv4 networks (`a.b.c.d/n`, a bare address is /32) have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [one, other].map((network) => {
    const [address = '', length = '32'] = network.split('/');
    return { start: number(address), length: Number(length) };
  }) as [{ start: number; length: number }, { start: number; length: number }];
  const size = 2 ** (32 - Math.min(first.length, second.length));
  return Math.floor(first.start / size) === Math.floor(second.start / size);
}

/** The first slot that no rehearsal has and whose subnet this machine has no route into. */
export function chooseSlot(routes: string[], taken: number[]): number {
  // A default route leads everywhere and forbids nothing.
  const known = routes.filter((route) => /^\d/.test(route) && !route.endsWith('/0'));
  for (let slot = 1; slot < 255; slot++) {
    if (!taken.includes(slot) && !known.some((route) => overlap(route, networkOf(slot).subnet))) return slot;
  }
  throw new SetupError('No private subnet in 10.213.0.0/16 is free on this machine.', {
    code: 'rehearsal-no-subnet',
    hint: 'Remove old rehearsals: broker-setup rehearse down',
  });
}

/** Where this machine has routes to. */
export async function routes(): Promise<string[]> {
  const { code, stdout } = await attempt('ip', ['-4', 'route', 'show', 'table', 'all']);
  if (code !== 0) return [];
  return stdout
    .split('\n')
    .map((line) => line.split(' ').find((word) => /^\d+\.\d+\.\d+\.\d+/.test(word)) ?? '');
}

/** Rules that let the server out and let it reach the CA and DNS here, also where the policy is to drop. */
function rules(network: Network): [command: string, table: string, chain: string, ...rule: string[]][] {
  const { bridge, subnet, slot } = network;
  const mark = ['-m', 'comment', '--comment', `bsr-${slot}`];
  return [
    ['iptables', 'nat', 'POSTROUTING', '-s', subnet, '!', '-d', subnet, ...mark, '-j', 'MASQUERADE'],
    ['iptables', 'filter', 'FORWARD', '-i', bridge, ...mark, '-j', 'ACCEPT'],
    ['iptables', 'filter', 'FORWARD', '-o', bridge, ...mark, '-j', 'ACCEPT'],
    ['iptables', 'filter', 'INPUT', '-i', bridge, ...mark, '-j', 'ACCEPT'],
    ['ip6tables', 'filter', 'INPUT', '-i', bridge, ...mark, '-j', 'ACCEPT'],
  ];
}

/** Makes the bridge and the way out. The cable into the server is laid anew for each boot (see boot-loop.ts). */
export async function makeNetwork(network: Network, signal?: AbortSignal): Promise<void> {
  const { bridge, gateway, gateway6 } = network;
  await run('ip', ['link', 'add', bridge, 'type', 'bridge'], { signal });
  await run('ip', ['addr', 'add', `${gateway}/24`, 'dev', bridge], { signal });
  // Without IPv6 in the kernel the rehearsal goes on with IPv4 alone.
  await attempt('ip', ['addr', 'add', `${gateway6}/64`, 'dev', bridge, 'nodad'], { signal });
  await run('ip', ['link', 'set', bridge, 'up'], { signal });
  for (const [command, table, chain, ...rule] of rules(network)) {
    const result = await attempt(command, ['-w', '-t', table, '-I', chain, ...rule], { signal });
    if (result.code !== 0 && command === 'iptables') {
      throw new SetupError(`iptables refused a rule: ${result.stderr.trim()}`, { code: 'rehearsal-network' });
    }
  }
}

/**
 * The rules of a listing (`iptables -S`) that are about this network, as `iptables -D` takes them: ours, also where a
 * killed run added them twice, and those that a test added for its server.
 */
export function rulesAbout({ bridge, subnet, server6 }: Network, listing: string): string[][] {
  const prefixes = [subnet.replace(/0\/24$/, ''), server6.replace(/:10$/, '')];
  return listing
    .split('\n')
    .filter((line) => line.startsWith('-A '))
    .map((line) => split(line).slice(1))
    .filter((rule) =>
      rule.some((word) => word === bridge || prefixes.some((prefix) => word.startsWith(prefix))),
    );
}

/** Removes all of it; what is not there is no error. */
export async function removeNetwork(network: Network): Promise<void> {
  for (const command of ['iptables', 'ip6tables']) {
    for (const table of ['nat', 'filter']) {
      const { stdout } = await attempt(command, ['-w', '-t', table, '-S']);
      for (const rule of rulesAbout(network, stdout))
        await attempt(command, ['-w', '-t', table, '-D', ...rule]);
    }
  }
  await attempt('ip', ['link', 'del', network.veth]);
  await attempt('ip', ['netns', 'del', network.namespace]);
  await attempt('ip', ['link', 'del', network.bridge]);
}
