import type { JsonTestResults } from 'vitest/reporters';

export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

type Report = Pick<
  JsonTestResults,
  'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests'
> & {
  testResults: { status: string; assertionResults: { status: string; fullName: string }[] }[];
};

/**
 * Counts the tests of one vitest run from its JSON report.
 * A file that failed without a failed test (it could not be loaded, a hook of it failed) counts as one failure, and so
 * does a run that exited non-zero with nothing else to show for it (an unhandled rejection) or that ran no test.
 * @param report undefined where vitest left none
 */
export function countTests(report: Report | undefined, exitCode: number): Count {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + brokenFiles;
  const skipped = report.numPendingTests + report.numTodoTests;
  const unexplained = failed === 0 && (exitCode !== 0 || passed + skipped === 0);
  return { passed, failed: unexplained ? 1 : failed, skipped };
}

/** The tests of a report that failed or were not run, each on a line of its own: a count alone sends one searching. */
export function notPassed(report: Report | undefined): string[] {
  const tests = report?.testResults.flatMap((file) => file.assertionResults) ?? [];
  return tests.filter(({ status }) => status !== 'passed').map((test) => `${test.status}: ${test.fullName}`);
}

/** Adds up the counts of several runs. */
export function sum(counts: readonly Count[]): Count {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  return total;
}

/** The closing line of a run. */
export function closingLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
