import { expect, it } from 'vitest';
import type { Verdict } from './case.js';
import type { Case } from './cases.js';
import type { Result } from './matrix.js';
import { line, table } from './table.js';

const result = (one: Case, verdict: Verdict, restoredAfter?: number): Result => ({
  ...one,
  seconds: 7,
  outcome: { verdict, restoredAfter, detail: '', endedAfter: 28.1, ways: ['old'] },
});

const results = [
  result({ step: 'ufw', at: 'before', fault: 'link' }, 'ok', 91.26),
  result({ step: 'ufw', at: 'after', fault: 'kill' }, 'LOCKED OUT', 92),
];

it('shows each case in its column, those left out as such, and what was slowest', () => {
  const lines = table(results).split('\n');
  expect(lines[2]?.split(/ {2,}/)).toEqual(['ufw', '-', 'ok', '-', '-', '-', '-', 'LOCKED OUT', '-', '-']);
  expect(lines).toContain('1 of 2 ok, 1 locked out');
  expect(lines.join('\n')).toContain('92.0 s (ufw, after, kill), of 2');
  expect(lines.join('\n')).toContain('28.1 s (ufw, before, link), of 1');
});

it('tells each case in a line', () => {
  expect(results.map(line)).toEqual([
    expect.stringMatching(
      /^ok +ufw, before, link +7 s: way in old, restored after 91\.3 s, run ended after 28\.1 s$/,
    ),
    expect.stringMatching(/^LOCKED OUT +ufw, after, kill +7 s: way in old, restored after 92\.0 s$/),
  ]);
});
