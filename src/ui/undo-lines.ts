import { fileDiff } from '../engine/file-diff.js';
import { clean } from '../plain.js';
import { changesOf, type RecordedRun } from '../runs/history.js';
import { moment } from '../runs/sentences.js';
import type { Kept, KeptFile } from '../runs/undo.js';
import { wrap } from './preview.js';
import { colour, symbol } from './theme.js';

const WHAT = {
  restored: 'gets its old content back',
  removed: 'goes, as it was not there before',
  returns: 'comes back',
} as const;

/** Pure. What an undo would do: each file with its diff, and what stays. */
export function undoLines(server: string, run: RecordedRun, { files }: Kept): string {
  const first = run.entries.find((entry) => entry.type === 'run');
  const who = first ? ` (${first.command}, by ${first.by}, ${moment(first.at)})` : '';
  const stays = [...new Set(changesOf(run).flatMap(({ stays: one }) => (one === undefined ? [] : [one])))];
  return [
    wrap(`Undoing the run ${run.id} on ${server}${who}:`, 0),
    '',
    ...files.flatMap(fileLines),
    '',
    ...(stays.length === 0
      ? []
      : ['What cannot be undone:', ...stays.map((one) => `  · ${wrap(one, 4)}`), '']),
  ].join('\n');
}

function fileLines(file: KeptFile): string[] {
  const { path, what, secret, changedSince, before = '', now } = file;
  const diff = secret
    ? ['(content not shown: others may not read it)']
    : (fileDiff({ path, content: before, before: now, mode: '', owner: '' }) ?? []);
  const since = changedSince
    ? [`    ${symbol.warn} ${wrap('It was changed again after that run; that change goes as well.', 6)}`]
    : [];
  return [
    `${symbol.todo} ${clean(path)} ${colour.dim(`(${WHAT[what]})`)}`,
    ...since,
    ...diff
      // What ufw keeps for itself beside each rule.
      .filter((text) => !/^.### tuple ###/.test(text))
      .map(clean)
      .filter((line) => line !== '')
      .map(
        (line) =>
          `        ${line.startsWith('+') ? colour.green(line) : line.startsWith('-') ? colour.red(line) : line}`,
      ),
  ];
}
