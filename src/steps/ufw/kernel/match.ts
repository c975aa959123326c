import { BlockList, isIP, isIPv6 } from 'node:net';
import { type Fit, type Packet, when } from './walk.js';

/** Pure. Whether a port is among `22`, `80:90`, `80-90`, several of them behind commas, or a set of nftables in braces. */
export function portFits(list: string, port: number): Fit {
  const ports = items(list).map((one) => /^(\d+)(?:[:-](\d+))?$/.exec(one));
  const held = ports.some(
    (one) => one !== null && Number(one[1]) <= port && port <= Number(one[2] ?? one[1]),
  );
  return held ? 'yes' : ports.includes(null) ? 'unclear' : 'no';
}

/** Ports of which clients get theirs: the kernel's own range lies within (ip_local_port_range), and so does that of other systems. */
const CLIENTS = { from: 1024, to: 65_535 };

/** Whether the port of any client is among these. */
function clientPortFits(list: string): Fit {
  const all = items(list).some((one) => {
    const [, from, to] = /^(\d+)[:-](\d+)$/.exec(one) ?? [];
    return Number(from) <= CLIENTS.from && Number(to) >= CLIENTS.to;
  });
  return all ? 'yes' : 'some';
}

/** Whether the packet can come, or go, over an interface of these names; `+` and `*` stand for the rest of a name. */
function interfaceFits(list: string, { over }: Packet): Fit {
  const names = items(list).map((name) => name.replaceAll('"', ''));
  if (names.some((name) => name.startsWith('@'))) return 'unclear';
  if (names.every((name) => name === 'lo')) return 'no';
  if (over.length === 0) return 'unclear';
  return when(
    names.some((name) =>
      /[+*]$/.test(name) ? over.some((one) => one.startsWith(name.slice(0, -1))) : over.includes(name),
    ),
  );
}

/** Whether the server's address of the packet is in these networks. */
function serverFits(list: string, { to, family }: Packet): Fit {
  const networks = items(list);
  if (networks.some((one) => !/^[\da-f.:]+(\/\d+)?$/i.test(one))) return 'unclear';
  const own = to.filter((address) => isIPv6(address) === (family === 6));
  return when(networks.some((network) => own.some((address) => isIn(address, network))));
}

/** Networks that no client elsewhere has an address in: this host, its own link, groups (RFC 6890, RFC 4291). */
const NOT_ELSEWHERE = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '::1', 'fe80::/10', 'ff00::/8'];

/** Whether clients anywhere are meant: a network that holds all addresses, some, or a list with a name. */
function clientFits(list: string): Fit {
  const networks = items(list).filter((one) => {
    const [base = ''] = one.split('/');
    return isIP(base) === 0 || !NOT_ELSEWHERE.some((network) => isIn(base, network));
  });
  if (networks.length === 0) return 'no';
  if (networks.some((one) => /^(0\.0\.0\.0|::)\/0$/.test(one))) return 'yes';
  return networks.some((one) => one.startsWith('@')) ? 'listed' : 'some';
}

/** What a rule asks about the packet, by its words. */
type Question = (list: string, packet: Packet) => Fit;

/** The client is the sender of the first packet and the receiver of the answer, so the same words ask about the other end. */
const byDirection =
  (first: Question, answer: Question): Question =>
  (list, packet) =>
    (packet.answer ? answer : first)(list, packet);

const serverPortFits: Question = (list, { port }) => portFits(list, port);
const never: Question = () => 'no';

/** Pure. What rules ask about the two ends of a packet, and about where it comes in and goes out. */
export const sourceFits = byDirection(clientFits, serverFits);
export const destinationFits = byDirection(serverFits, clientFits);
export const sourcePortFits = byDirection(clientPortFits, serverPortFits);
export const destinationPortFits = byDirection(serverPortFits, clientPortFits);
export const inInterfaceFits = byDirection(interfaceFits, never);
export const outInterfaceFits = byDirection(never, interfaceFits);

/** Pure. Whether `transport` is among names or numbers of protocols. */
export function protocolFits(list: string, { transport }: Packet): Fit {
  const names = items(list);
  if (names.some((name) => name.startsWith('@'))) return 'unclear';
  return when(names.includes('all') || names.includes(transport) || names.includes(NUMBERS[transport]));
}

/** IANA, Protocol Numbers. */
const NUMBERS = { tcp: '6', udp: '17' } as const;

/**
 * Pure. Whether the first packet of a connection, which has SYN and nothing else, or its answer, which has ACK as well, has the flags
 * `set` among those of `mask`.
 */
export function flagsFit(mask: string, set: string, { transport, answer }: Packet): Fit {
  if (transport !== 'tcp') return 'no';
  const wanted = flags(set);
  const has = answer ? ['syn', 'ack'] : ['syn'];
  return when(flags(mask).every((flag) => wanted.includes(flag) === has.includes(flag)));
}

/** Pure. What connection tracking calls the packet: the first of its connection, or of one that is known by then. */
export const stateFits = (list: string, { answer }: Packet): Fit =>
  when(items(list.toLowerCase()).includes(answer ? 'established' : 'new'));

const flags = (list: string): string[] =>
  list
    .toLowerCase()
    .split(/[^a-z]+/)
    .flatMap((flag) => (flag === 'all' ? ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'] : [flag]))
    .filter((flag) => flag !== '' && flag !== 'none' && flag !== 'x');

/** Pure. What is in `a`, `a,b` or `{ a, b }`. */
export const items = (list: string): string[] =>
  list
    .replace(/[{}]/g, ' ')
    .split(/[\s,]+/)
    .filter(Boolean);

function isIn(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/');
  const type = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIPv6(base) !== (type === 'ipv6')) return false;
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, type);
  else list.addSubnet(base, Number(bits), type);
  return list.check(address, type);
}
