import { expect, it } from 'vitest';
import { duration } from '../../src/terminal/duration.js';

it.each([
  [0.04, '0 s'],
  [2.25, '2.3 s'],
  [7, '7 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [169, '2 min 49 s'],
])('case 267: %s seconds are %s', (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});
