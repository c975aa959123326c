import { answers, tellFile } from '../engine/answers.js';
import { LOG_FOLDER } from '../server-folders.js';
import { type Sh, sh } from '../sh.js';
import { listRuns, logFile, parseLog, RUN_ID } from './log.js';
import type { Written } from './log-entry.js';

/** One run as its log tells it. */
export interface RecordedRun {
  id: string;
  entries: Written[];
  /** Whether its connection still lives. */
  underWay?: true;
}

/** Shell that tells all runs without the details of their changes. */
export const tellRuns: Sh = sh`for id in $(${listRuns}); do
  printf 'run-%s=%s\\n' "$id" "$(grep -v '"type":"detail"' ${LOG_FOLDER}/"$id".jsonl | base64 -w0)"
done`;

/** Shell that tells one run, with all details; nothing where there is none of that id. */
export const tellRun = (id: string): Sh => tellFile(`run-${id}`, logFile(id));

/** Pure. The newest first. */
export function parseHistory(stdout: string): RecordedRun[] {
  return [...answers(stdout)]
    .flatMap(([name, encoded]) => {
      const id = name.replace(/^run-/, '');
      if (!name.startsWith('run-') || !RUN_ID.test(id)) return [];
      return [{ id, entries: parseLog(Buffer.from(encoded, 'base64').toString('utf8')) }];
    })
    .reverse();
}

/** Pure. How a run ended; where its log has no end, it is under way or was cut off. */
export function outcomeOf({
  entries,
  underWay,
}: RecordedRun): 'done' | 'failed' | 'cancelled' | 'cut-off' | 'under-way' {
  const ended = entries.find((entry) => entry.type === 'end')?.outcome;
  return ended ?? (underWay ? 'under-way' : 'cut-off');
}

/** Pure. The changes of a run, each with how it ended: undefined where the log does not say. */
export function changesOf({ entries }: RecordedRun) {
  const codes = new Map(
    entries.flatMap((entry) => (entry.type === 'changed' ? [[entry.n, entry.code]] : [])),
  );
  return entries.flatMap((entry) =>
    entry.type === 'change' ? [{ ...entry, code: codes.get(entry.n) }] : [],
  );
}
