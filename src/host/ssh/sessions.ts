import { setTimeout as sleep } from 'node:timers/promises';
import { Cancelled } from '../../errors.js';
import { SessionRefused } from './channel.js';

/**
 * Milliseconds to wait before a session is asked for again. sshd counts one that has just ended until it has looked at all that came in
 * (serverloop.c, channel_after_poll), so with `MaxSessions 1` it refuses the next command of a program that is quick.
 */
const PAUSES = [20, 50, 100, 200, 400, 800, 1600];

/** Begins a command, again where its session was refused. */
export type BeginSession = <T>(begin: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>;

/**
 * The sessions of one connection, of which the server may allow few at a time, or one (sshd_config(5), MaxSessions). One that is refused waits
 * for the end of another of ours; where there is none, it is tried again a few times.
 */
export function sessionsOf(): BeginSession {
  const open = new Set<Promise<unknown>>();
  return async (begin, signal) => {
    const pauses = [...PAUSES];
    for (;;) {
      const session = begin().finally(() => open.delete(session));
      open.add(session);
      try {
        return await session;
      } catch (error) {
        if (!(error instanceof SessionRefused)) throw error;
        if (open.size > 0) await Promise.race(open).catch(() => undefined);
        else await pause(pauses.shift(), error, signal);
      }
    }
  };
}

/** @throws the refusal where it has lasted; Cancelled */
async function pause(
  ms: number | undefined,
  refusal: SessionRefused,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (ms === undefined) throw refusal;
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => {
    throw new Cancelled();
  });
}
