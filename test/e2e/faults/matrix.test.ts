import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOf, REDUCED } from '../../faults/cases.js';
import { type Result, runMatrix } from '../../faults/matrix.js';
import { line, table } from '../../faults/table.js';

describe('init is broken in each step; run again, it ends as if it had not been', () => {
  let results: readonly Result[] = [];

  beforeAll(async () => {
    results = await runMatrix({
      release: 'bookworm',
      cases: REDUCED,
      servers: 3,
      folder: 'test-results/faults',
      onResult: (result) => console.log(line(result)),
    });
  }, 900_000);
  afterAll(() => console.log(`\n${table(results)}\n`));

  it.each(REDUCED.map((one) => [nameOf(one), one] as const))('%s', (name) => {
    const { outcome } = results.find((result) => nameOf(result) === name) ?? {};
    expect(outcome?.verdict, outcome?.detail).toBe('ok');
  });
});
