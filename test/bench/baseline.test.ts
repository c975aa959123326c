import { expect, it } from 'vitest';
import { compare } from '../../bench/baseline.js';
import { parseUsed } from '../../bench/cpu.js';

it('a ratio may be 1.3 times what was recorded, and no more', () => {
  const figures = compare({ fine: 2.6, more: 2.7, less: 0.1 }, { fine: 2, more: 2, less: 2 });
  expect(figures.map(({ what, met }) => [what, met])).toEqual([
    ['fine', true],
    ['more', false],
    ['less', true],
  ]);
  expect(figures[1]).toMatchObject({ seen: '2.70', goal: 'at most 2.60 (recorded: 2)' });
});

it('what was measured or recorded alone is a failure: a guard that looks at nothing guards nothing', () => {
  expect(compare({ here: 1 }, { there: 1 }).map(({ met }) => met)).toEqual([false, false]);
});

it('finds the CPU in what a command has said, and leaves the rest as it was', () => {
  const output = 'Nothing to do\ncpu-of-the-command 0.250 1.034\n';
  expect(parseUsed(output)).toEqual({ cpuMs: 1284, said: 'Nothing to do\n' });
  // Where the locale has a decimal comma, bash has it too.
  expect(parseUsed('cpu-of-the-command 0,002 0,010\n').cpuMs).toBe(12);
  expect(() => parseUsed('killed')).toThrow('No CPU time');
});
