import { expect, test } from 'vitest';
import { closingLine, countTests, notPassed, sum } from '../../scripts/count.js';

const report = (
  numbers: [passed: number, failed: number, pending: number, todo: number],
  files: [string, ...string[]][],
) => ({
  numPassedTests: numbers[0],
  numFailedTests: numbers[1],
  numPendingTests: numbers[2],
  numTodoTests: numbers[3],
  testResults: files.map(([status, ...tests]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test, fullName: `that ${test}` })),
  })),
});

test('counts tests, a todo as skipped', () => {
  expect(countTests(report([5, 1, 2, 1], [['failed', 'failed', 'passed']]), 1)).toEqual({
    passed: 5,
    failed: 1,
    skipped: 3,
  });
});

test('a file that could not be loaded is a failure', () => {
  expect(countTests(report([5, 0, 0, 0], [['passed', 'passed'], ['failed']]), 1)).toEqual({
    passed: 5,
    failed: 1,
    skipped: 0,
  });
});

test('a non-zero exit with nothing else to show is a failure', () => {
  expect(countTests(report([5, 0, 0, 0], [['passed', 'passed']]), 1)).toEqual({
    passed: 5,
    failed: 1,
    skipped: 0,
  });
});

test('no report is a failure', () => {
  expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a run that executed no test is a failure', () => {
  expect(countTests(report([0, 0, 0, 0], []), 0).failed).toBe(1);
});

test('the closing line adds everything up', () => {
  const counts = [
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 3, failed: 1, skipped: 0 },
  ];
  expect(closingLine(sum(counts))).toBe('4 passed, 1 failed, 2 skipped');
});

test('names those that did not pass', () => {
  const some = report(
    [1, 1, 1, 0],
    [
      ['failed', 'failed', 'passed'],
      ['passed', 'pending'],
    ],
  );
  expect(notPassed(some)).toEqual(['failed: that failed', 'pending: that pending']);
  expect(notPassed(undefined)).toEqual([]);
});
