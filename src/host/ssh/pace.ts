import { CLOCK, type Clock, type Patience, seconds } from './patience.js';

/**
 * What a rule `limit` of ufw lets through: it refuses the sixth new connection of an address within 30 seconds, and every try
 * counts (ufw(8); in the kernel `recent --update --seconds 30 --hitcount 6`). One is left for the person's own ssh.
 */
const MOST = 4;
/** In milliseconds; the kernel counts whole seconds, so one more. */
const WITHIN = 31_000;

/** Our own new connections to one server, and whether the server counts them. */
export interface Pace {
  /** When each began, oldest first, in milliseconds since 1970; may lie in the near future, for one that waits for its turn. */
  begun: number[];
  /** Known after the first look: a rule `limit` of its firewall stands before SSH. */
  counted: boolean;
}

/** @param before what the last run left behind, where the server counted then */
export const newPace = (before?: readonly number[]): Pace => ({
  begun: [...(before ?? [])],
  counted: before !== undefined,
});

/** Pure. What the next run has to know. */
export function leftBehind({ begun }: Pace, now: number): number[] {
  return begun.filter((at) => now - at < WITHIN);
}

const WALL_CLOCK: Clock = { ...CLOCK, now: () => Date.now() };

/** Pure. How long the next connection has to wait, in milliseconds. */
export function pauseBefore(begun: readonly number[], now: number): number {
  const oldest = begun.at(-MOST);
  // A clock that was set back must not make anybody wait for hours.
  return oldest === undefined ? 0 : Math.min(WITHIN, Math.max(0, oldest + WITHIN - now));
}

/** Notes one more connection, after waiting for its turn where the server counts. @throws Cancelled */
export async function takeTurn(
  pace: Pace,
  say: Patience['say'],
  signal?: AbortSignal,
  clock: Clock = WALL_CLOCK,
): Promise<void> {
  const now = clock.now();
  const wait = pace.counted ? pauseBefore(pace.begun, now) : 0;
  // Noted before the wait: two that begin at the same time must not both take the last place.
  pace.begun.push(now + wait);
  if (wait === 0) return;
  say(
    `The firewall of the server lets in few connections at a time (ufw limit): waiting ${seconds(wait)} before the next one.`,
  );
  await clock.sleep(wait, signal);
}
