import { type Count, closingLine } from './count.js';
import { type CallDuration, durationTables, type FileDuration } from './durations.js';

/** The longest ones are shown; all are kept. */
const FILES_SHOWN = 15;

/** What came of a part. */
export interface Outcome extends Count {
  name: string;
  /** Whether its tests were counted one by one. */
  tests: boolean;
  seconds: number;
  /** Each test that failed or was not run. */
  notPassed: readonly string[];
  files: readonly FileDuration[];
}

/** Pure. What is shown at the end of a run, but for the closing line. */
export function summary(outcomes: readonly Outcome[], calls: readonly CallDuration[]): string[] {
  const files = outcomes.flatMap(({ files }) => files).sort((a, b) => b.seconds - a.seconds);
  return ['=== durations', ...durationTables(files.slice(0, FILES_SHOWN), calls), '', '=== summary'].concat(
    outcomes.flatMap(({ name, tests, seconds, notPassed, ...count }) => {
      const verdict = count.failed > 0 ? 'FAILED' : count.skipped > 0 ? 'skips' : 'ok';
      const detail = tests ? closingLine(count) : '';
      const line = `${verdict.padEnd(7)}${name.padEnd(18)}${seconds.toFixed(1).padStart(7)} s  ${detail}`;
      return [line.trimEnd(), ...notPassed.map((test) => `       ${test}`)];
    }),
  );
}
