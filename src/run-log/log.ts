import { LOG_FOLDER } from '../server-folders.js';
import { type Sh, sh, verbatim } from '../sh.js';
import { type Entry, readEntry, type Written } from './log-entry.js';

/** Names of logs sort by time: `20261124-143005-1a2b`. */
export const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

export const logFile = (id: string): string => `${LOG_FOLDER}/${id}.jsonl`;

/** Shell that prints the ids of all runs, the newest last; none where the folder of logs is not root's. */
export const listRuns: Sh = sh`{ [ ! -O ${LOG_FOLDER} ] || ls ${LOG_FOLDER}; } 2>/dev/null | sed -n 's/^\\([0-9]\\{8\\}-[0-9]\\{6\\}-[0-9a-f]\\{4\\}\\)\\.jsonl$/\\1/p'`;

/**
 * Shell that prints the time for an id, by which runs sort: a second behind $newest where the clock has not got there, as it was put
 * back or the last run began in this very second.
 */
export const nextStamp: Sh = sh`now=$(date -u +%s)
  last=$([ -z "$newest" ] || date -u -d "$(echo "$newest" | sed 's/^\\(....\\)\\(..\\)\\(..\\)-\\(..\\)\\(..\\)\\(..\\).*/\\1-\\2-\\3 \\4:\\5:\\6/')" +%s 2>/dev/null)
  [ "\${last:-0}" -lt "$now" ] || now=$((last + 1))
  date -u -d "@$now" +%Y%m%d-%H%M%S`;

/** Shell that adds a line to the log of a run. @param path one word of shell */
export function appendTo(path: Sh, entry: Entry, more: Sh = verbatim('')): Sh {
  // The head is written by the shell, the rest is JSON already.
  return sh`printf '{"at":"%s",%s%s\\n' "$(date -u +%FT%TZ)" ${more.run === '' ? sh`''` : more} ${JSON.stringify(entry).slice(1)} >>${path}`;
}

export const append = (id: string, entry: Entry): Sh => appendTo(sh`${logFile(id)}`, entry);

/** Shell that ends a line which a power cut has left half-written, so that what is added behind it can be read. */
export const onNewLine = (id: string): Sh => sh`echo >>${logFile(id)}`;

/** Shell that adds how change `n` has ended; its exit code is in $code. */
export const appendChanged = (id: string, n: number): Sh =>
  sh`printf '{"at":"%s","type":"changed","n":%d,"code":%d}\\n' "$(date -u +%FT%TZ)" ${n} "$code" >>${logFile(id)}`;

/** Pure. The entries of a log; lines that a power cut has left half-written, and what is no entry, are passed over. */
export function parseLog(text: string): Written[] {
  return text.split('\n').flatMap((line) => {
    const entry = readEntry(line);
    return entry === undefined ? [] : [entry];
  });
}
