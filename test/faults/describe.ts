import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { has } from '../../src/rehearsal/run.js';
import { type Case, nameOf } from './cases.js';
import { type Result, runMatrix } from './matrix.js';
import { line, table } from './table.js';

/** Long enough for the whole matrix. */
const LIMIT_MS = 60 * 60_000;

/**
 * Tests that break `init` in each of these ways, on two servers at once: a third one would wait less, but each makes the
 * undisturbed run for itself.
 */
export async function describeMatrix(cases: readonly Case[], servers = 2): Promise<void> {
  // Before any test: one that lacks it would be counted as skipped.
  if (!(await has('rsync'))) throw new Error('The matrix of faults needs rsync, which this computer lacks.');
  describe('init is broken in each step; run again, it ends as if it had not been', () => {
    let results: readonly Result[] = [];

    beforeAll(async () => {
      results = await runMatrix({
        release: 'bookworm',
        cases,
        servers,
        folder: 'test-results/faults',
        onResult: (result) => console.log(line(result)),
      });
    }, LIMIT_MS);
    afterAll(() => console.log(`\n${table(results)}\n`));

    it.each(cases.map((one) => [nameOf(one), one] as const))('%s', (name) => {
      const { outcome } = results.find((result) => nameOf(result) === name) ?? {};
      expect(outcome?.verdict, outcome?.detail).toBe('ok');
    });
  });
}
