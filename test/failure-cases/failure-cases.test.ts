import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { GROUPS } from './index.js';
import { findTitles, titlesIn } from './titles.js';

const cases = GROUPS.flatMap((group) => group.cases);
const numbers = cases.map(({ number }) => number);
/** The collection that the numbers below 100 come from; only its developers have it. */
const COLLECTED = '../shared/facts/failure-cases.md';
const collected = await readFile(COLLECTED, 'utf8').catch(() => undefined);

it('each number is there once', () => {
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
});

it('each case has a test that is named after it, and each such test a case', async () => {
  const tested = [...(await findTitles('test')).keys()];
  expect(numbers.filter((number) => !tested.includes(number))).toEqual([]);
  expect(tested.filter((number) => !numbers.includes(number))).toEqual([]);
});

it.skipIf(collected === undefined)('none of the collected ones is missing', () => {
  const all = [...(collected ?? '').matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
  expect(all.length).toBeGreaterThan(50);
  expect(numbers.filter((number) => number < 100).sort((a, b) => a - b)).toEqual(all.sort((a, b) => a - b));
});

it('a title may name several cases', () => {
  expect(titlesIn('a.test.ts', "it('cases 3, 4: sudo', f); it('in case 5: no')")).toEqual([
    [3, { file: 'a.test.ts', text: 'sudo' }],
    [4, { file: 'a.test.ts', text: 'sudo' }],
  ]);
});
