import { LOG_FOLDER } from '../server-folders.js';
import { type Sh, sh, verbatim } from '../sh.js';
import type { Runner } from './lock.js';

/** What a run has done to one file: a unified diff, with secrets blanked. */
export interface FileDiff {
  path: string;
  diff: string;
}

/**
 * One line of a run's log on the server; `at` is set there, so that one clock counts. No entry holds a secret.
 * detail stands apart from change, because a look at the log of a run that was cut off does without it.
 */
export type Entry =
  | ({ type: 'run'; version: 1; login: string } & Runner)
  | { type: 'change'; n: number; step: string; title: string; id: string; summary: string; stays?: string }
  | { type: 'detail'; n: number; script?: string; files?: FileDiff[] }
  | { type: 'changed'; n: number; code: number }
  | { type: 'guard'; state: 'armed' | 'confirmed' | 'restored'; title: string }
  | { type: 'told' }
  | { type: 'end'; outcome: 'done' | 'failed' | 'cancelled'; message?: string };

/** `from` is the address that the server sees; it has it from the connection itself. */
export type Written = Entry & { at: string; from?: string };

/** Names of logs sort by time: `20261124-143005-1a2b`. */
export const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

export const logFile = (id: string): string => `${LOG_FOLDER}/${id}.jsonl`;

/** Shell that prints the ids of all runs, the newest last. */
export const listRuns: Sh = sh`ls ${LOG_FOLDER} 2>/dev/null | sed -n 's/^\\([0-9]\\{8\\}-[0-9]\\{6\\}-[0-9a-f]\\{4\\}\\)\\.jsonl$/\\1/p'`;

/** Shell that adds a line to the log of a run. @param path one word of shell */
export function appendTo(path: Sh, entry: Entry, more: Sh = verbatim('')): Sh {
  // The head is written by the shell, the rest is JSON already.
  return sh`printf '{"at":"%s",%s%s\\n' "$(date -u +%FT%TZ)" ${more.run === '' ? sh`''` : more} ${JSON.stringify(entry).slice(1)} >>${path}`;
}

export const append = (id: string, entry: Entry): Sh => appendTo(sh`${logFile(id)}`, entry);

/** Shell that adds how change `n` has ended; its exit code is in $code. */
export const appendChanged = (id: string, n: number): Sh =>
  sh`printf '{"at":"%s","type":"changed","n":%d,"code":%d}\\n' "$(date -u +%FT%TZ)" ${n} "$code" >>${logFile(id)}`;

/** Pure. The entries of a log; lines that a power cut has left half-written are passed over. */
export function parseLog(text: string): Written[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line);
      return typeof entry === 'object' && entry !== null && 'type' in entry ? [entry as Written] : [];
    } catch {
      return [];
    }
  });
}
