import { FAULTS, POSITIONS } from './cases.js';
import type { Result } from './matrix.js';

const WIDTH = 12;

/** Pure. One line a step, one column for each position and fault, and what was slowest. */
export function table(results: readonly Result[]): string {
  const steps = [...new Set(results.map(({ step }) => step))];
  const columns = POSITIONS.flatMap((at) => FAULTS.map((fault) => ({ at, fault })));
  const row = (head: string, cells: readonly string[]) =>
    [head.padEnd(15), ...cells.map((cell) => cell.padEnd(WIDTH))].join('').trimEnd();
  const cell = (step: string, column: (typeof columns)[number]) =>
    results.find((one) => one.step === step && one.at === column.at && one.fault === column.fault)?.outcome
      .verdict ?? '-';
  const count = (verdict: string) => results.filter(({ outcome }) => outcome.verdict === verdict).length;
  const restored = results.filter(({ outcome }) => outcome.restoredAfter !== undefined);
  return [
    row(
      '',
      POSITIONS.flatMap((at) => [at, '', '']),
    ),
    row(
      '',
      columns.map(({ fault }) => fault),
    ),
    ...steps.map((step) =>
      row(
        step,
        columns.map((column) => cell(step, column)),
      ),
    ),
    '',
    `${count('ok')} of ${results.length} ok, ${count('LOCKED OUT')} locked out`,
    slowest('Slowest restoring of the way in', restored, ({ outcome }) => outcome.restoredAfter ?? 0),
    slowest(
      'Slowest end of a run whose link or server is gone',
      survivors(results),
      ({ outcome }) => outcome.endedAfter,
    ),
  ].join('\n');
}

const survivors = (results: readonly Result[]) => results.filter(({ fault }) => fault !== 'kill');

function slowest(what: string, results: readonly Result[], seconds: (result: Result) => number): string {
  const worst = results.toSorted((one, other) => seconds(other) - seconds(one))[0];
  if (worst === undefined) return `${what}: none`;
  return `${what}: ${seconds(worst).toFixed(1)} s (${worst.step}, ${worst.at}, ${worst.fault}), of ${results.length}`;
}

/** Pure. What came of one case, in a line. */
export function line({ step, at, fault, outcome, seconds }: Result): string {
  const { verdict, restoredAfter, endedAfter, ways } = outcome;
  const guard = restoredAfter === undefined ? '' : `, restored after ${restoredAfter.toFixed(1)} s`;
  const ended = fault === 'kill' ? '' : `, run ended after ${endedAfter.toFixed(1)} s`;
  return `${verdict.padEnd(WIDTH)}${`${step}, ${at}, ${fault}`.padEnd(32)}${seconds.toFixed(0).padStart(4)} s: way in ${ways.join(' and ') || 'none'}${guard}${ended}`;
}
