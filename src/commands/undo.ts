import { atWork } from '../engine/at-work.js';
import { Cancelled, EXIT } from '../errors.js';
import type { Host } from '../host/host.js';
import { changesOf } from '../run-log/history.js';
import { hasEffect, parseKept, tellKept } from '../run-log/undo.js';
import { forgetUnproved } from '../run-log/unproved.js';
import { openingOf } from '../session/finish-interrupted-run.js';
import type { CommonFlags } from '../session/flags.js';
import { onInterrupt } from '../session/interrupt.js';
import { unlockCommand } from '../session/repeat.js';
import { makeSecrets, openSession, sessionFlags } from '../session/session.js';
import { knownSettings } from '../session/settings.js';
import { spare } from '../steps/fail2ban/not-banned.js';
import { program } from '../terminal/program.js';
import { say, show } from '../terminal/screen.js';
import { symbol } from '../terminal/theme.js';
import { prose, wrap } from '../terminal/wrap.js';
import { nothingToUndo, passedOver, undoLines } from '../ui/undo-lines.js';
import { agree } from './bring-in-place.js';
import { noSuchRun, readRuns, refuseOtherIds } from './history.js';
import { putBackSafely } from './put-back.js';
import { underLock } from './under-lock.js';

export interface UndoFlags extends CommonFlags {
  yes?: boolean;
}

/**
 * Puts the files that a run has changed back as they were, and makes the services take them; under the guard: unless a
 * login works afterwards, the undo is itself taken back.
 * @param id default: the newest run that has changed a file
 * @returns the exit code
 * @throws UsageError; SetupError of every way in which it can fail, with the server as it was
 */
export async function undo(id: string | undefined, flags: UndoFlags): Promise<number> {
  const interrupt = onInterrupt(say);
  try {
    return await undoRun(id, flags, interrupt.signal);
  } finally {
    interrupt.stop();
  }
}

async function undoRun(id: string | undefined, flags: UndoFlags, signal: AbortSignal): Promise<number> {
  refuseOtherIds(id);
  const settings = await knownSettings(undefined, flags);
  const session = await openSession({
    settings,
    secrets: await makeSecrets(settings),
    ...sessionFlags(flags),
    signal,
    settling: { say, unlock: unlockCommand(flags) },
  });
  try {
    const found = await choose(session.host, id);
    if (!found) {
      show(`${symbol.ok} ${wrap(nothingToUndo(settings.server, id), 2)}\n`);
      return EXIT.ok;
    }
    const { run, kept, passed } = found;
    const why = passedOver(passed);
    if (why !== undefined) say(prose(`\n${why}`));
    say(`\n${undoLines(settings.server, run, kept, { full: flags.verbose === true })}`);
    // Enter alone is not to open what a run has closed.
    await agree(`Undo the run ${run.id}?`, flags, { preselected: false });
    if (signal.aborted) throw new Cancelled();
    const opening = openingOf(session.runs, `undo ${run.id}`, unlockCommand(flags));
    await underLock(session.host, opening, async (record) => {
      await spare(session.host);
      await atWork(() => putBackSafely(session, record, run, kept, say));
      await record.host.run({ script: forgetUnproved(run.id) }).catch(() => undefined);
    });
    show(`${symbol.ok} ${wrap(`The run ${run.id} is undone. To have it back:`, 2)}\n  ${program} undo\n`);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/**
 * The run that is meant, where something is left of it to undo, and the newer ones that were passed over because nothing is.
 * @param id default: the newest that has something to undo
 * @throws UsageError where there is none of that id
 */
export async function choose(host: Pick<Host, 'run'>, id: string | undefined) {
  const runs = await readRuns(host, id);
  if (id !== undefined && runs.length === 0) throw noSuchRun(id);
  const passed: string[] = [];
  for (const run of runs) {
    if (changesOf(run).length > 0) {
      const { stdout } = await host.run({ script: tellKept(run.id) });
      const kept = parseKept(stdout);
      if (kept && hasEffect(kept)) return { run, kept, passed };
    }
    passed.push(run.id);
  }
  return undefined;
}
