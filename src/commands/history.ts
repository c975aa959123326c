import { EXIT, UsageError } from '../errors.js';
import type { Host } from '../host/host.js';
import { outcomeOf, parseHistory, type RecordedRun, tellRun, tellRuns } from '../run-log/history.js';
import { tellLock } from '../run-log/lock.js';
import { RUN_ID } from '../run-log/log.js';
import { parseLock } from '../run-log/seen.js';
import { isAlive } from '../session/finish-interrupted-run.js';
import type { CommonFlags } from '../session/flags.js';
import { visit } from '../session/one-off-session.js';
import { sessionFlags } from '../session/session.js';
import { knownSettings } from '../session/settings.js';
import { unchecked } from '../session/unchecked.js';
import { lines } from '../sh.js';
import { program } from '../terminal/program.js';
import { show } from '../terminal/screen.js';
import { prose } from '../terminal/wrap.js';
import { historyLines, runLines } from '../ui/history-lines.js';
import { jsonText } from '../ui/json.js';

/**
 * Tells the runs that the server has a log of, or one of them with all that it changed.
 * @returns the exit code
 * @throws UsageError for settings that are missing, or a run that is not there
 */
export async function history(id: string | undefined, flags: CommonFlags): Promise<number> {
  refuseOtherIds(id);
  const settings = await knownSettings(undefined, flags);
  const runs = await unchecked(() => visit(settings, sessionFlags(flags), ({ host }) => readRuns(host, id)));
  if (id !== undefined && runs.length === 0) throw noSuchRun(id);
  show(flags.json ? json(settings.server, runs) : text(settings.server, runs, id));
  return EXIT.ok;
}

/** @throws UsageError for what cannot be the name of a run */
export function refuseOtherIds(id: string | undefined): void {
  if (id !== undefined && !RUN_ID.test(id))
    throw new UsageError(`"${id}" is not the name of a run: they look like 20261124-143005-1a2b.`, [], {
      hint: `See them all with: ${program} history`,
    });
}

export function noSuchRun(id: string): UsageError {
  return new UsageError(`The server has no log of a run ${id}.`, [], {
    hint: `See which it has with: ${program} history. The logs of the last 50 runs are kept.`,
  });
}

/** All runs without their details, or one with them; the newest first. */
export async function readRuns(host: Pick<Host, 'run'>, id: string | undefined): Promise<RecordedRun[]> {
  const script = lines(tellLock, id === undefined ? tellRuns : tellRun(id));
  const { stdout } = await host.run({ script });
  const holder = parseLock(stdout);
  const atWork = holder && isAlive(holder) ? holder.run : undefined;
  return parseHistory(stdout).map((run) => (run.id === atWork ? { ...run, underWay: true } : run));
}

function json(server: string, runs: readonly RecordedRun[]): string {
  const told = runs.map((run) => ({ id: run.id, outcome: outcomeOf(run), entries: run.entries }));
  return jsonText({ version: 1, server, runs: told });
}

function text(server: string, runs: readonly RecordedRun[], id: string | undefined): string {
  const [first] = runs;
  if (first === undefined) return `${prose(`No run has changed ${server} yet.`)}\n`;
  if (id !== undefined) return runLines(first);
  return `${historyLines(runs)}\nWhat one of them changed:\n  ${program} history RUN\nTo undo it:\n  ${program} undo RUN\n`;
}
