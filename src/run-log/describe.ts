import type { Change } from '../engine/change.js';
import { fileDiff } from '../engine/file-diff.js';
import type { Recordable } from '../engine/record.js';
import type { Step } from '../engine/step.js';
import type { Sh } from '../sh.js';
import type { Entry } from './log-entry.js';

/** Pure. What the log says of a change: that it begins, and what it is, without secrets. */
export function describe(
  n: number,
  { id: step, title }: Pick<Step, 'id' | 'title'>,
  { id, summary, change }: Recordable,
  script: Sh,
): [Entry, Entry] {
  const stays = change?.kind === 'run' && change.undo !== 'nothing' ? change.undo.stays : undefined;
  return [
    { type: 'change', n, step, title, id: id ?? step, summary, ...(stays === undefined ? {} : { stays }) },
    { type: 'detail', n, ...detail(change, script) },
  ];
}

function detail(
  change: Change | undefined,
  script: Sh,
): Pick<Extract<Entry, { type: 'detail' }>, 'script' | 'files'> {
  if (change?.kind !== 'write') return { script: script.show };
  return {
    files: change.files.map((file) => ({
      path: file.path,
      diff: fileDiff(file)?.join('\n').trimEnd() ?? '(not shown: it is secret)',
    })),
  };
}
