import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, seconds, table } from '../../bench/figures.js';

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[10, 9, 100], 10],
  ])('of %j is %d', (numbers, middle) => {
    expect(median(numbers)).toBe(middle);
  });

  it('has as many numbers below it as above, and leaves the list as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (numbers) => {
        const before = [...numbers];
        const middle = median(numbers);
        const below = numbers.filter((number) => number < middle).length;
        const above = numbers.filter((number) => number > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(numbers.length / 2);
        expect(numbers).toEqual(before);
      }),
    );
  });

  it('of nothing there is none', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

it('shows seconds with their spread', () => {
  expect(seconds([300, 1000, 200])).toBe('0.30 s (0.20 to 1.00, 3 times)');
});

it('marks what meets its goal, what misses it, and neither where there is none', () => {
  expect(
    table([
      { what: 'ssh', seen: '0.10 s', goal: '' },
      { what: 'init', seen: '2.5', goal: 'at most 3', met: true },
      { what: 'tarball', seen: '600 kB', goal: 'at most 500 kB', met: false },
    ]),
  ).toMatchInlineSnapshot(`
    "  ssh      0.10 s
    ✔ init     2.5     at most 3
    ✖ tarball  600 kB  at most 500 kB

    1 of the goals missed (✖)."
  `);
});
