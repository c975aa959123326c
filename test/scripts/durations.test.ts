import { expect, it } from 'vitest';
import { callDurations, durationTables, fileDurations } from '../../scripts/durations.js';

it('names test files from the root, the longest first', () => {
  const testResults = [
    { name: '/clone/test/a.test.ts', startTime: 1000, endTime: 1500 },
    { name: '/clone/test/b.test.ts', startTime: 1000, endTime: 4000 },
  ];
  expect(fileDurations({ testResults }, '/clone')).toEqual([
    { file: 'test/b.test.ts', seconds: 3 },
    { file: 'test/a.test.ts', seconds: 0.5 },
  ]);
  expect(fileDurations(undefined, '/clone')).toEqual([]);
});

it('adds up the runs of a kind; those that were refused or killed are kinds of their own', () => {
  const file = 'test/e2e/a.test.ts';
  const lines = [
    { kind: 'init', exitCode: 0, ms: 30_000, cpuMs: 2000, file },
    { kind: 'init', exitCode: 2, ms: 1000, cpuMs: 500, file },
    { kind: 'init', exitCode: 0, ms: 20_000, cpuMs: 1000, file },
    { kind: 'doctor', ms: 500, file },
  ];
  const calls = callDurations(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  expect(calls).toEqual([
    { kind: 'init', runs: 2, seconds: 50, cpuSeconds: 3 },
    { kind: 'init, exit 2', runs: 1, seconds: 1, cpuSeconds: 0.5 },
    { kind: 'doctor, killed', runs: 1, seconds: 0.5, cpuSeconds: 0 },
  ]);
  expect(durationTables([{ file, seconds: 61.25 }], calls)).toMatchInlineSnapshot(`
    [
      "  seconds  test file",
      "     61.3  test/e2e/a.test.ts",
      "  seconds  its CPU     runs     each  run of the program",
      "     50.0      3.0        2     25.0  init",
      "      1.0      0.5        1      1.0  init, exit 2",
      "      0.5      0.0        1      0.5  doctor, killed",
    ]
  `);
  expect(durationTables([], callDurations(''))).toEqual([]);
});
