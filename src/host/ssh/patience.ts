import { setTimeout as sleep } from 'node:timers/promises';
import { Cancelled, SetupError } from '../../errors.js';
import { codeOf } from '../failures.js';
import { HUNG_UP, NOT_NOW } from './cut-off.js';

/**
 * What may pass by itself. dropped: closed before the login. refused: nobody there, or a firewall's no. silent: no answer.
 * starting: only root is let in, as a server does on its way up or down. hungUp: in the middle of a login.
 */
type Trouble = 'dropped' | 'refused' | 'silent' | 'starting' | 'hungUp';

/** sshd counts each login that it breaks off as a failed one. */
const OF_LOGINS = { starting: [5, 10, 15, 30, 30, 30], hungUp: [5] };

/**
 * Seconds of pause after the first trouble of a kind, the second, and so on. Two causes want the contrary: a server under attack drops new
 * connections at random (sshd_config(5), MaxStartups), so the first tries are quick; one that counts wants to be left alone, for
 * 30 seconds after the last knock (ufw(8), `limit`) or 15 and more (sshd_config(5), PerSourcePenalties), so the last one is not.
 */
const PAUSES: Record<'known' | 'unknown', Record<Trouble, readonly number[]>> = {
  known: { dropped: [1, 2, 3, 5, 8, 32], refused: [2, 32], silent: [5], ...OF_LOGINS },
  // Nobody has ever seen a server there: more likely the address or the port is wrong, and the person waits.
  unknown: { dropped: [1, 2, 3, 5], refused: [2], silent: [], ...OF_LOGINS },
};

/** Why it may help, said on the screen. */
const WHY: Record<Trouble, string> = {
  dropped: 'Busy servers turn some connections away',
  refused: 'It may be starting, or want fewer connections at a time',
  silent: 'The network may have lost something',
  starting: 'That passes by itself',
  hungUp: 'The network may have lost something',
};

/** How long somebody goes on trying to connect, and who hears of it. */
export interface Patience {
  /** The latest moment at which a try may begin, in milliseconds of performance.now(); none for no limit but the number of tries. */
  until?: number;
  /** Ends a pause at once when it fires; a try that is under way is finished. */
  stop?: AbortSignal;
  say(text: string): void;
}

/** The clock as it is, or one of a test. */
export interface Clock {
  /** In milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch {
      throw new Cancelled();
    }
  },
};

/** Pure. What an error of connect() is, where it may pass by itself; a refused login is an answer, and asking again makes it worse. */
function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof SetupError)) return undefined;
  if (error.code === 'connection-closed') return 'dropped';
  if (error.code === NOT_NOW) return 'starting';
  if (error.code === HUNG_UP) return 'hungUp';
  if (error.code !== 'unreachable') return undefined;
  if (error.cause === undefined) return 'silent';
  const code = codeOf(error.cause);
  return code === 'ECONNREFUSED' ? 'refused' : code === 'ETIMEDOUT' ? 'silent' : undefined;
}

/**
 * Pure. Whether to try again.
 * @param errors those of all tries so far, the latest last
 * @param known whether an SSH server has been seen there before
 * @returns milliseconds to wait and why; undefined to give up
 */
export function nextTry(
  errors: readonly unknown[],
  known: boolean,
): { wait: number; why: string } | undefined {
  const trouble = troubleOf(errors.at(-1));
  if (trouble === undefined) return undefined;
  const alike = errors.filter((error) => troubleOf(error) === trouble).length;
  const pause = PAUSES[known ? 'known' : 'unknown'][trouble][alike - 1];
  return pause === undefined ? undefined : { wait: pause * 1000, why: WHY[trouble] };
}

/**
 * Tries until it works, pausing longer each time, and says so.
 * @param known asked only once something has failed
 * @throws what the last try threw; Cancelled
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  { until, stop, say }: Patience,
  known: () => Promise<boolean>,
  signal?: AbortSignal,
  clock: Clock = CLOCK,
): Promise<T> {
  const errors: unknown[] = [];
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      errors.push(error);
      const next = nextTry(errors, await known().catch(() => false));
      if (!next || (until !== undefined && clock.now() + next.wait > until)) throw error;
      say(
        `${(error as Error).message} ${next.why}: trying again in ${seconds(next.wait)} (try ${errors.length + 1}).`,
      );
      await clock.sleep(next.wait, either(signal, stop));
    }
  }
}

/** What ends a pause: whichever fires first. */
export function either(
  one: AbortSignal | undefined,
  other: AbortSignal | undefined,
): AbortSignal | undefined {
  return one !== undefined && other !== undefined ? AbortSignal.any([one, other]) : (one ?? other);
}

/** `1 second`, `32 seconds`. @param ms milliseconds */
export function seconds(ms: number): string {
  const whole = Math.ceil(ms / 1000);
  return whole === 1 ? '1 second' : `${whole} seconds`;
}
