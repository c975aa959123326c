import { waitForChange } from '../engine/detached.js';
import { restoreNow } from '../engine/guard.js';
import type { FirstLook } from '../engine/look.js';
import type { Host } from '../host/host.js';
import { release, self } from '../run-log/lock.js';
import { append, onNewLine } from '../run-log/log.js';
import type { Holder, RunsSeen } from '../run-log/seen.js';
import { locked, whatHappened, whoHolds } from '../run-log/sentences.js';
import { clean } from '../sanitize.js';
import { lines } from '../sh.js';
import { columns } from '../terminal/columns.js';
import { prose, wrap } from '../terminal/wrap.js';

/** A first look, and what it told of runs. */
export interface Sighted extends FirstLook {
  runs: RunsSeen;
}

/** Of a session that may change the server. */
export interface Settling {
  say(text: string): void;
  /** The command that takes a lock off, for the error. */
  unlock: string;
}

/**
 * Brings to an end what an earlier run has left behind, before anything is judged: a change that is still under way is
 * waited for, an unconfirmed change to the way in is taken back, and what happened is told, once.
 * @param again looks anew
 * @throws SetupError `locked` where somebody is at work; `not-restored`
 */
export async function settle(
  host: Host,
  first: Sighted,
  again: () => Promise<Sighted>,
  { say, unlock }: Settling,
  signal?: AbortSignal,
): Promise<Sighted> {
  const { holder, busy, guardArmed, cutOff } = first.runs;
  refuseHeld(first.runs, { unlock });
  if (cutOff && !cutOff.told) say(wrap(whatHappened(cutOff), 0));
  if (busy) {
    const where = holder?.step === undefined ? '' : ` (“${holder.step}”)`;
    say(wrap(`Its change goes on by itself on the server${where}; waiting for it ...`, 0));
    const onLine = (line: string) => say(`    ${clean(line).slice(0, columns() - 5)}`);
    await host.run({ script: waitForChange, onLine, ...(signal ? { signal } : {}) });
  }
  if (guardArmed) {
    say(prose('A change to the way in was not confirmed. It is taken back first.'));
    await restoreNow(host);
  }
  const last = [
    ...(cutOff && !cutOff.told ? [onNewLine(cutOff.id), append(cutOff.id, { type: 'told' })] : []),
    // A run that finds nothing to do takes no lock, and so would leave the dead one lying about.
    ...(holder ? [release(holder.run)] : []),
  ];
  if (last.length > 0) await host.run({ script: lines(...last) });
  return busy || guardArmed ? again() : first;
}

/** @throws SetupError `locked` where somebody is at work */
export function refuseHeld({ holder }: RunsSeen, { unlock }: Pick<Settling, 'unlock'>): void {
  if (holder && isAlive(holder)) throw locked(holder, unlock);
}

/** Pure but for a look at this computer's processes. What who only looks should know of runs, to understand what is seen. */
export function ofOthers({ holder, cutOff }: RunsSeen): string[] {
  if (holder && isAlive(holder))
    return [
      wrap(`${whoHolds(holder)}. What is half done may show up as a problem until that run has ended.`, 0),
    ];
  return cutOff && !cutOff.told ? [wrap(whatHappened(cutOff), 0)] : [];
}

/** The lock of a run of this very computer whose process is gone is dead, whatever its connection looks like. */
export function isAlive(holder: Holder): boolean {
  const here = self('');
  const isOurs = holder.by === here.by && holder.machine === here.machine;
  return holder.alive && !(isOurs && !isRunning(holder.pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else (kill(2)).
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a run has to know of others when it begins. */
export function openingOf({ holder, newest }: RunsSeen, command: string, unlock: string) {
  const dead = holder && !isAlive(holder) ? holder.run : undefined;
  return { runner: self(command), seen: newest, dead, unlock };
}
