import { fileDiff } from '../engine/file-diff.js';
import type { AccountEntry } from '../run-log/accounts.js';
import { changesOf, type RecordedRun } from '../run-log/history.js';
import { moment } from '../run-log/sentences.js';
import type { Kept, KeptFile } from '../run-log/undo.js';
import { clean } from '../sanitize.js';
import { program } from '../terminal/program.js';
import { colour, symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';
import { condensed } from './condensed.js';
import { consequences } from './undo-consequences.js';

const WHAT_FILE = {
  restored: 'gets its old content back',
  removed: 'goes, as it was not there before',
  returns: 'comes back',
} as const;

/**
 * Pure. Why the run to be undone is not the newest one.
 * @param passed names of the newer runs, which have nothing to undo; the newest first
 * @returns undefined where there is none
 */
export function passedOver([newest, ...others]: readonly string[]): string | undefined {
  if (newest === undefined) return undefined;
  return others.length === 0
    ? `The newest run ${newest} has nothing to undo any more; this is the one before it.`
    : `The ${others.length + 1} newest runs (the last is ${newest}) have nothing to undo any more; this is the one before them.`;
}

/** Pure. That nothing is left to undo. @param id the run that was named; undefined for all of the server */
export const nothingToUndo = (server: string, id: string | undefined): string =>
  id === undefined ? `There is nothing to undo on ${server}.` : `Run ${id} has nothing to undo.`;

/**
 * Pure. What an undo would do: in all, what follows from it, each account by its name, each file with its diff, and what stays.
 * @param full whole diffs; else what nobody reads is left out
 */
export function undoLines(
  server: string,
  run: RecordedRun,
  { files, entries }: Kept,
  { full = false }: { full?: boolean } = {},
): string {
  const first = run.entries.find((entry) => entry.type === 'run');
  const who = first ? ` (${first.command}, by ${first.by}, ${moment(first.at)})` : '';
  const stays = new Set([
    ...changesOf(run).flatMap(({ stays: one }) => (one === undefined ? [] : [one])),
    ...entries.flatMap((entry) => entryStays(entry) ?? []),
    ...files.flatMap((file) => (file.what === 'left' ? [fileStays(file)] : [])),
  ]);
  return [
    wrap(`Undoing the run ${run.id} on ${server}${who}:`, 0),
    '',
    wrap(inAll(files, entries), 0),
    '',
    ...consequenceLines({ files, entries }),
    ...entries.flatMap(entryLines),
    ...files.flatMap((file) => (file.what === 'left' ? [] : fileLines(file, file.what, full))),
    '',
    ...(stays.size === 0
      ? []
      : ['What cannot be undone:', ...[...stays].map((one) => `  · ${wrap(one, 4)}`), '']),
  ].join('\n');
}

function inAll(files: Kept['files'], entries: Kept['entries']): string {
  const counts = (['restored', 'removed', 'returns'] as const).flatMap((what) => {
    const number = files.filter((file) => file.what === what).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? 'file' : 'files'} ${IN_ALL[what]}`];
  });
  const accounts = entries.filter(({ what }) => what === 'removed' || what === 'returns').length;
  const parts = [
    ...counts,
    ...(accounts > 0 ? [`${accounts} ${accounts === 1 ? 'account or key' : 'accounts and keys'}`] : []),
  ];
  return `In all: ${parts.join(', ')}.`;
}

const IN_ALL = {
  restored: 'with the old content',
  removed: 'removed',
  returns: 'that come back',
} as const;

function consequenceLines(kept: Pick<Kept, 'files' | 'entries'>): string[] {
  const all = consequences(kept);
  if (all.length === 0) return [];
  return [colour.bold('What follows from it'), ...all.map((one) => `  ${symbol.warn} ${wrap(one, 4)}`), ''];
}

/** "the account device-1 in /etc/mosquitto/passwd", "the key ada@laptop in /home/ada/.ssh/authorized_keys". */
const entryName = ({ of, name, file }: AccountEntry): string =>
  `${of === 'keys' ? 'the key' : 'the account'} ${clean(name)} in ${clean(file)}`;

function entryLines(entry: AccountEntry): string[] {
  if (entry.what === 'stays' || entry.what === 'left') return [];
  const how = entry.what === 'removed' ? 'is removed; all others stay as they are' : 'comes back';
  const since = entry.changedSince
    ? [
        `    ${symbol.warn} ${wrap('It was given another password after that run; it is removed all the same.', 6)}`,
      ]
    : [];
  return [`${symbol.todo} ${wrap(`${entryName(entry)} (${how})`, 2)}`, ...since];
}

function entryStays(entry: AccountEntry): string | undefined {
  if (entry.what === 'stays')
    return `That undo removed ${entryName(entry)}. It stays removed; ${program} init makes it again, with a new password.`;
  if (entry.what === 'left')
    return `The run added ${entryName(entry)}. It stays, because the file cannot be read safely: it is a symbolic link, or its owner may not read it.`;
  return undefined;
}

function fileStays({ path, changedSince }: KeptFile): string {
  const why = changedSince
    ? 'it was changed after that run'
    : 'an earlier version of this program made that run';
  return `${clean(path)} stays as it is: ${why}, and its old content could make valid again what was revoked since.`;
}

function fileLines(file: KeptFile, what: keyof typeof WHAT_FILE, full: boolean): string[] {
  const { path, secret, changedSince, before = '', now } = file;
  const whole = secret
    ? ['(content not shown: others may not read it)']
    : (fileDiff({ path, content: before, before: now, mode: '', owner: '' }) ?? []);
  const diff = full || secret ? whole : condensed(path, what === 'removed' ? 'whole' : 'part', whole);
  const since = changedSince
    ? [`    ${symbol.warn} ${wrap('It was changed again after that run; that change goes as well.', 6)}`]
    : [];
  return [
    `${symbol.todo} ${wrap(`${path} (${WHAT_FILE[what]})`, 2)}`,
    ...since,
    ...diff
      .map(clean)
      .filter((line) => line !== '')
      .map(
        (line) =>
          `        ${line.startsWith('+') ? colour.green(line) : line.startsWith('-') ? colour.red(line) : line}`,
      ),
  ];
}
