import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RecordedRun } from '../../src/run-log/history.js';
import type { Written } from '../../src/run-log/log-entry.js';
import { historyLines, runLines } from '../../src/ui/history-lines.js';

const AT = '2026-11-24T14:30:05Z';
const ESCAPES = '\u001b[2J\u001b]0;title\u0007\u202e\r';
const WORDS =
  'a sentence that goes on for longer than a line of a terminal has room for, twice or more '.repeat(2);
const run: Written = {
  at: AT,
  type: 'run',
  version: 1,
  login: 'root',
  tool: '1',
  by: 'me@laptop',
  machine: 'm',
  pid: 1,
  command: 'init',
  from: '192.0.2.9',
};
const change = (n: number, more: Partial<Extract<Written, { type: 'change' }>> = {}): Written => ({
  ...{
    at: AT,
    type: 'change',
    n,
    step: 'ufw',
    title: 'Firewall',
    id: 'ufw.rules',
    summary: 'Close all ports',
  },
  ...more,
});
const end = (outcome: 'done' | 'failed' | 'cancelled', message?: string): Written => ({
  ...{ at: AT, type: 'end', outcome },
  ...(message === undefined ? {} : { message }),
});
const recorded = (...entries: Written[]): RecordedRun => ({ id: '20261124-143005-1a2b', entries });
const plain = (text: string) => stripVTControlCharacters(text);
const hostile = recorded(
  { ...run, by: `${WORDS}${ESCAPES}`, command: ESCAPES, from: ESCAPES },
  change(1, { title: `Firewall ${ESCAPES}`, summary: `${WORDS}${ESCAPES}`, stays: `${WORDS}${ESCAPES}` }),
  {
    at: AT,
    type: 'detail',
    n: 1,
    script: `${'x'.repeat(200)}\n${ESCAPES}\n`.repeat(9),
    files: [{ path: ESCAPES, diff: ESCAPES }],
  },
  { at: AT, type: 'guard', state: 'restored', title: `${WORDS}${ESCAPES}` },
  end('failed', `${WORDS}\n${ESCAPES}`),
);

/** What our own colours leave: nothing that a terminal would act on, and nothing wider than it. */
function expectFit(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(text.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  for (const line of plain(text).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
}

describe('all runs', () => {
  it('are a few lines each', () => {
    const text = historyLines([
      recorded(run, change(1), change(2, { title: 'SSH' }), change(3), end('done')),
      recorded(run, change(1)),
      recorded(end('cancelled')),
    ]);
    const [first, second, third] = plain(text).split('\n\n');
    expect(first).toMatch(
      /20261124-143005-1a2b {2}2026-11-24 14:30 UTC {2}done\n {4}init, by me@laptop from 192\.0\.2\.9\n {4}3 changes: Firewall, SSH$/,
    );
    expect(second).toMatch(/cut off\n[^\n]*\n {4}1 change: Firewall$/);
    expect(third).toMatch(/an unknown time {2}cancelled\n {4}by somebody\n {4}Nothing was changed\.\n$/);
  });

  it('fit a terminal and do nothing to it', () => {
    expectFit(historyLines([hostile]));
  });
});

describe('one run', () => {
  it('tells each change with what it did, and what cannot be undone', () => {
    const diff = { path: '/etc/hosts', diff: '-old\n+new' };
    const text = plain(
      runLines(
        recorded(
          run,
          change(1, { stays: 'The packages stay.' }),
          {
            at: AT,
            type: 'detail',
            n: 1,
            script: `${Array.from({ length: 11 }, (_, n) => `line ${n}`).join('\n')}\n`,
          },
          { at: AT, type: 'changed', n: 1, code: 0 },
          change(2, { summary: 'Write' }),
          { at: AT, type: 'detail', n: 2, files: [diff] },
          { at: AT, type: 'changed', n: 2, code: 5 },
          end('failed', 'It broke.'),
        ),
      ),
    );
    expect(text).toContain('Firewall\n    Close all ports\n        line 0\n');
    expect(text).toContain(
      '        line 7\n        … and 3 lines more (--json has them)\n    Cannot be undone: The packages stay.\n',
    );
    expect(text).toContain('    Write\n        /etc/hosts\n        -old\n        +new\n');
    expect(text).toMatch(/\n\nIt ended with: It broke\.\n$/);
  });

  it('says that the server took a change back, and that nothing was changed', () => {
    expect(
      plain(runLines(recorded(run, { at: AT, type: 'guard', state: 'restored', title: 'SSH' }))),
    ).toMatch(
      /Nothing was changed\.\n. 2026-11-24 14:30 UTC: the server has taken the change of “SSH” back by itself\n$/,
    );
    expect(
      runLines(recorded(run, { at: AT, type: 'guard', state: 'confirmed', title: 'SSH' })),
    ).not.toContain('SSH');
  });

  it('fits a terminal and does nothing to it', () => {
    expectFit(runLines(hostile));
  });
});
