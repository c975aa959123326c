import { expect, it } from 'vitest';
import { summary } from '../../scripts/summary.js';

const outcome = { tests: true, seconds: 61.234, notPassed: [], files: [], passed: 2, failed: 0, skipped: 0 };

it('has a line for each part, and below it each test that did not pass', () => {
  const files = [{ file: 'test/a.test.ts', seconds: 60 }];
  const outcomes = [
    { ...outcome, name: 'types', tests: false, passed: 1 },
    { ...outcome, name: 'tests: unit', files },
    { ...outcome, name: 'tests: core', failed: 1, notPassed: ['failed: that'] },
    { ...outcome, name: 'tests: e2e', skipped: 1, notPassed: ['skipped: this'] },
  ];
  expect(summary(outcomes, []).join('\n')).toMatchInlineSnapshot(`
    "=== durations
      seconds  test file
         60.0  test/a.test.ts

    === summary
    ok     types                61.2 s
    ok     tests: unit          61.2 s  2 passed, 0 failed, 0 skipped
    FAILED tests: core          61.2 s  2 passed, 1 failed, 0 skipped
           failed: that
    skips  tests: e2e           61.2 s  2 passed, 0 failed, 1 skipped
           skipped: this"
  `);
});
