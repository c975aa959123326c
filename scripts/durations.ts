import { relative } from 'node:path';

/** A run of the program during the tests, as test/e2e/calls.ts records it. */
export interface Call {
  kind: string;
  /** Absent where a signal ended it. */
  exitCode?: number;
  ms: number;
  cpuMs?: number;
  file: string;
}

export interface FileDuration {
  file: string;
  seconds: number;
}

/** Runs of one kind, together. */
export interface CallDuration {
  kind: string;
  runs: number;
  seconds: number;
  /** CPU of the program's own process, as far as it is known. */
  cpuSeconds: number;
}

interface Report {
  testResults: { name: string; startTime: number; endTime: number }[];
}

/** Pure. How long each test file of a vitest report took, the longest first. */
export function fileDurations(report: Report | undefined, root: string): FileDuration[] {
  const files = (report?.testResults ?? []).map(({ name, startTime, endTime }) => ({
    file: relative(root, name),
    seconds: (endTime - startTime) / 1000,
  }));
  return files.sort((a, b) => b.seconds - a.seconds);
}

/** Pure. What the runs took by their kind, the most expensive first; one that did not end well is a kind of its own. */
export function callDurations(lines: string): CallDuration[] {
  const kinds = new Map<string, CallDuration>();
  for (const line of lines.split('\n').filter(Boolean)) {
    const { kind, exitCode, ms, cpuMs = 0 }: Call = JSON.parse(line);
    const name = exitCode === 0 ? kind : `${kind}, ${exitCode === undefined ? 'killed' : `exit ${exitCode}`}`;
    const sum = kinds.get(name) ?? { kind: name, runs: 0, seconds: 0, cpuSeconds: 0 };
    kinds.set(name, {
      kind: name,
      runs: sum.runs + 1,
      seconds: sum.seconds + ms / 1000,
      cpuSeconds: sum.cpuSeconds + cpuMs / 1000,
    });
  }
  return [...kinds.values()].sort((a, b) => b.seconds - a.seconds);
}

/** Pure. Both as text. */
export function durationTables(files: readonly FileDuration[], calls: readonly CallDuration[]): string[] {
  const number = (value: number, digits = 1) => value.toFixed(digits).padStart(9);
  return [
    ...(files.length === 0 ? [] : ['  seconds  test file']),
    ...files.map(({ file, seconds }) => `${number(seconds)}  ${file}`),
    ...(calls.length === 0 ? [] : ['  seconds  its CPU     runs     each  run of the program']),
    ...calls.map(
      ({ kind, runs, seconds, cpuSeconds }) =>
        `${number(seconds)}${number(cpuSeconds)}${number(runs, 0)}${number(seconds / runs)}  ${kind}`,
    ),
  ];
}
