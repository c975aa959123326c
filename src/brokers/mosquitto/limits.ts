import type { Finding } from '../../engine/step.js';
import type { Directive } from './directives.js';

/** A limit of mosquitto.conf(5) that holds for all listeners; what the owner's files say about it stays. */
export interface Limit {
  name: string;
  value: number;
  /** What the limit is for, in the words of a finding. */
  against: string;
}

/**
 * Defaults of this set-up. `message_size_limit` is not enough: it is checked after the login, when the packet is in memory; but Mosquitto 1.6
 * to 2.0 does not check `max_packet_size` on WebSocket listeners (websockets.c), so both are set. Not here: `memory_limit`. Until 2.1
 * Mosquitto counts what a WebSocket client only announces, so one stranger who announces 250 MB would keep all devices out.
 */
export const LIMITS: readonly Limit[] = [
  {
    name: 'max_packet_size',
    value: 1_000_000,
    against: 'clients without an account can fill the memory with large packets',
  },
  {
    name: 'message_size_limit',
    value: 1_000_000,
    against: 'a device can have large messages kept in memory',
  },
  { name: 'max_queued_messages', value: 1000, against: 'messages for an absent device can fill the memory' },
  {
    name: 'max_queued_bytes',
    value: 10_000_000,
    against: 'messages for an absent device can fill the memory',
  },
];

/** An owner who has set one of these has decided about the queue: the other one must not cut it short. */
const QUEUE = ['max_queued_messages', 'max_queued_bytes'];

/** Clients at the same time, of one listener: together below OPEN_FILES, so that no listener can starve another. */
export const CONNECTIONS = { mqtt: 10_000, websocket: 5000, loopback: 1000 } as const;

/** Files that the broker may have open, of which each connection is one. By default systemd allows 1024. */
export const OPEN_FILES = 65_536;

/** What the broker's own files, logs and bridges need beside the connections. */
export const SPARE_FILES = 100;

/** How much of the server's memory the broker may take: a server with 1 GB must still run its SSH server. */
export const MEMORY_PERCENT = 75;

/** Pure. The limits that are ours to set: those about which the owner's files say nothing. */
export function ourLimits(theirs: readonly Directive[]): Limit[] {
  const set = new Set(theirs.map(({ name }) => name));
  const queue = QUEUE.some((name) => set.has(name));
  return LIMITS.filter(({ name }) => !set.has(name) && !(queue && QUEUE.includes(name)));
}

/** Pure. Limits of the owner's that allow more than the default. Of several lines for one name the last counts, as Mosquitto has it. */
export function looseLimits(theirs: readonly Directive[]): Finding[] {
  const queue = theirs.filter(({ name }) => QUEUE.includes(name)).map(({ name }) => name);
  return LIMITS.flatMap((limit): Finding[] => {
    const { name, value, against } = limit;
    const own = theirs.findLast((one) => one.name === name);
    // Queued messages are limited by number or by bytes: one of the two is enough.
    if (own === undefined || !isLoose(own, value)) return [];
    if (
      QUEUE.includes(name) &&
      QUEUE.some((one) => one !== name && queue.includes(one) && isTight(theirs, one))
    )
      return [];
    return [
      {
        id: 'conf-edits.limits',
        level: 'warn',
        summary: `Line ${own.line} of ${own.file} says “${name} ${own.value}”: ${against}.`,
        hint: `The default of this set-up is ${value}. If you do not need more, delete that line. It stays as it is.`,
      },
    ];
  });
}

/** Zero and less mean no limit. */
function isLoose({ value }: Directive, most: number): boolean {
  const number = Number(value);
  return Number.isFinite(number) && (number <= 0 || number > most);
}

function isTight(theirs: readonly Directive[], name: string): boolean {
  const limit = LIMITS.find((one) => one.name === name);
  const own = theirs.findLast((one) => one.name === name);
  return limit !== undefined && own !== undefined && !isLoose(own, limit.value);
}
