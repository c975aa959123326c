import { expect, it } from 'vitest';
import { steps } from '../../src/steps/index.js';
import { cases, FAULTS, nameOf, POSITIONS } from './cases.js';

const ids = steps.map(({ id }) => id);

it('the whole matrix is each step, at each position, with each fault', () => {
  const all = cases({ steps: ids, faults: FAULTS, positions: POSITIONS });
  expect(new Set(all.map(nameOf)).size).toBe(ids.length * FAULTS.length * POSITIONS.length);
});
