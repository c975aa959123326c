/**
 * Runs the parts of `npm test`, or those of the groups given as arguments, one after the other and all of them, and
 * ends with how many passed. With CI=true a skip is a failure. The last line is kept in test-results/closing-line.txt.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { type Count, closingLine, countTests, notPassed, sum } from './count.js';
import { PARTS, type Part } from './parts.js';

const RESULTS = 'test-results';

interface Outcome extends Count {
  part: Part;
  seconds: number;
  notPassed: string[];
}

async function run(part: Part): Promise<Outcome> {
  const reason = part.blocked?.();
  if (reason !== undefined) {
    console.log(`${part.name}: skipped, because ${reason}.`);
    return { part, seconds: 0, notPassed: [], passed: 0, failed: 0, skipped: 1 };
  }
  const started = performance.now();
  const report = `${RESULTS}/${part.group}.json`;
  const [program, ...args] = part.command;
  const reporting = part.tests
    ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    : [];
  const { exitCode = 1 } = await execa(program, [...args, ...reporting], {
    preferLocal: true,
    reject: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  });
  const seconds = (performance.now() - started) / 1000;
  if (!part.tests) return { part, seconds, notPassed: [], ...countPart(exitCode) };
  const results = await readReport(report);
  return { part, seconds, notPassed: notPassed(results), ...countTests(results, exitCode) };
}

function countPart(exitCode: number): Count {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function readReport(file: string) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

const groups = process.argv.slice(2);
const parts = PARTS.filter((part) => (groups.length === 0 ? !part.onRequest : groups.includes(part.group)));
if (parts.length === 0) throw new Error(`No such part: ${groups.join(', ')}`);

await rm(RESULTS, { recursive: true, force: true });
await mkdir(RESULTS);

const outcomes: Outcome[] = [];
for (const part of parts) {
  console.log(`\n=== ${part.name}`);
  outcomes.push(await run(part));
}

console.log('\n=== summary');
for (const { part, seconds, notPassed, ...count } of outcomes) {
  const verdict = count.failed > 0 ? 'FAILED' : count.skipped > 0 ? 'skips' : 'ok';
  const detail = part.tests ? closingLine(count) : '';
  console.log(
    `${verdict.padEnd(7)}${part.name.padEnd(18)}${seconds.toFixed(1).padStart(7)} s  ${detail}`.trimEnd(),
  );
  for (const test of notPassed) console.log(`       ${test}`);
}

const total = sum(outcomes);
const skipIsFailure = process.env.CI === 'true' && total.skipped > 0;
if (skipIsFailure) console.log('CI=true: a skip is a failure.');
if (total.failed > 0 || skipIsFailure) process.exitCode = 1;

await writeFile(`${RESULTS}/closing-line.txt`, `${closingLine(total)}\n`);
console.log(closingLine(total));
