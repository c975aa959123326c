import { changesOf, outcomeOf, type RecordedRun } from '../run-log/history.js';
import { moment } from '../run-log/sentences.js';
import { clean } from '../sanitize.js';
import { colour, symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';

const MARK = {
  done: symbol.ok,
  failed: symbol.bad,
  cancelled: symbol.warn,
  'cut-off': symbol.warn,
  'under-way': symbol.todo,
} as const;
const WORD = {
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  'cut-off': 'cut off',
  'under-way': 'under way',
} as const;

/** Pure. All runs on a server, a few lines each, the newest first. */
export function historyLines(runs: readonly RecordedRun[]): string {
  return `${runs.map((run) => [...head(run), ...steps(run)].join('\n')).join('\n\n')}\n`;
}

function head(run: RecordedRun): string[] {
  const outcome = outcomeOf(run);
  const first = run.entries.find((entry) => entry.type === 'run');
  const from = first?.from ? ` from ${first.from}` : '';
  const who = first ? `${first.command}, by ${first.by}${from}` : 'by somebody';
  return [
    `${MARK[outcome]} ${colour.bold(run.id)}  ${moment(first?.at ?? '')}  ${WORD[outcome]}`,
    `    ${wrap(who, 4)}`,
  ];
}

function steps(run: RecordedRun): string[] {
  const changes = changesOf(run);
  if (changes.length === 0) return ['    Nothing was changed.'];
  const titles = [...new Set(changes.map(({ title }) => title))];
  const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  return [`    ${wrap(`${count}: ${titles.join(', ')}`, 4)}`];
}

/** Scripts are long; all of them is for those who ask for JSON. */
const MOST_LINES = 8;

function beginning(script: readonly string[]): string[] {
  const shown = script
    .slice(0, MOST_LINES)
    .map((line) => (line.length > 70 ? `${line.slice(0, 69)}…` : line));
  const more = script.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} lines more (--json has them)`] : shown;
}

/** Pure. One run with all that it changed. */
export function runLines(run: RecordedRun): string {
  const details = new Map(
    run.entries.flatMap((entry) => (entry.type === 'detail' ? [[entry.n, entry]] : [])),
  );
  const changes = changesOf(run).flatMap((change) => {
    const detail = details.get(change.n);
    const mark = change.code === 0 ? symbol.ok : change.code === undefined ? symbol.unknown : symbol.bad;
    const files = (detail?.files ?? []).flatMap(({ path, diff }) => [path, ...diff.split('\n')]);
    const script = beginning((detail?.script ?? '').trim().split('\n').filter(Boolean));
    return [
      `${mark} ${colour.bold(clean(change.title))}`,
      `    ${wrap(change.summary, 4)}`,
      ...[...files, ...script].map((line) => colour.dim(`        ${clean(line)}`)),
      ...(change.stays === undefined ? [] : [`    ${wrap(`Cannot be undone: ${change.stays}`, 4)}`]),
    ];
  });
  const guards = run.entries.flatMap((entry) =>
    entry.type === 'guard' && entry.state === 'restored'
      ? [
          `${symbol.warn} ${wrap(`${moment(entry.at)}: the server has taken the change of “${entry.title}” back by itself`, 2)}`,
        ]
      : [],
  );
  const end = run.entries.find((entry) => entry.type === 'end');
  const why = end?.message === undefined ? [] : ['', wrap(`It ended with: ${end.message}`, 0)];
  return `${[...head(run), '', ...(changes.length === 0 ? ['Nothing was changed.'] : changes), ...guards, ...why].join('\n')}\n`;
}
