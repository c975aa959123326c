/**
 * Runs the parts of the tests that belong to the tiers and groups given as arguments (scripts/parts.ts): installs what
 * they need, builds the program, then runs independent parts at the same time. The output of a part is shown when it
 * ends, and in the end how many tests passed and what took how long; test-results/ keeps that.
 * With CI=true a skip is a failure.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { type Count, closingLine, countTests, notPassed, sum } from './count.js';
import { callDurations, fileDurations } from './durations.js';
import { inLanes } from './lanes.js';
import { BUILD, type Part, partsOf } from './parts.js';
import { runCommand, stop } from './processes.js';
import { blocked, setUp } from './set-up.js';
import { type Outcome, summary } from './summary.js';

const words = process.argv.slice(2);
const parts = partsOf(words);
const results = resolve('test-results', words.join('+'));
const calls = `${results}/calls.jsonl`;

const readIfThere = (file: string) => readFile(file, 'utf8').catch(() => undefined);
const countPart = (exitCode: number): Count =>
  exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };

let ending = false;

/** @param reason why it cannot run here; undefined where it can */
async function run(part: Part, reason: string | undefined): Promise<Outcome> {
  // The process exits once everything under way has ended; the next part of a lane must not begin meanwhile.
  if (ending) await new Promise(() => undefined);
  const { name, project } = part;
  const outcome = { name, tests: project !== undefined, seconds: 0, notPassed: [], files: [] };
  if (reason !== undefined) {
    console.log(`\n=== ${name}: skipped, because ${reason}.`);
    return { ...outcome, passed: 0, failed: 0, skipped: 1 };
  }
  const report = `${results}/${project}.json`;
  const reporting = project ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const live = parts.length === 1;
  console.log(`\n=== ${name}${live ? '' : ': begins'}`);
  const started = performance.now();
  const { exitCode, output } = await runCommand({
    command: [...part.command, ...reporting],
    env: { BROKER_SETUP_TEST_CALLS: calls, BROKER_SETUP_BUILT: '1' },
    live,
    // Real servers have clocks of their own; the other parts take what these leave.
    nice: part.lane !== 'servers' && parts.some(({ lane }) => lane === 'servers'),
  });
  const seconds = (performance.now() - started) / 1000;
  if (!live) console.log(`\n=== ${name}: ended after ${seconds.toFixed(1)} s\n${output}`);
  if (!project) return { ...outcome, seconds, ...countPart(exitCode) };
  const text = await readIfThere(report);
  const found = text === undefined ? undefined : JSON.parse(text);
  const files = fileDurations(found, process.cwd());
  return { ...outcome, seconds, notPassed: notPassed(found), files, ...countTests(found, exitCode) };
}

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    ending = true;
    console.log(`\n${name}: ending what is under way and removing the servers that it has booted ...`);
    void stop().finally(() => process.exit(128 + constants.signals[name]));
  });
}

await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
const outcomes: Outcome[] = [];
const lacking = await setUp(parts);
if (parts.some(({ built }) => built)) outcomes.push(await run(BUILD, undefined));
const broken = outcomes.some(({ failed }) => failed > 0);
outcomes.push(
  ...(await inLanes(parts, (part) =>
    run(part, part.built && broken ? 'the program could not be built' : blocked(part.needs, lacking)),
  )),
);

const durations = callDurations((await readIfThere(calls)) ?? '');
console.log(['', ...summary(outcomes, durations)].join('\n'));
await writeFile(`${results}/durations.json`, JSON.stringify({ parts: outcomes, calls: durations }, null, 2));

const total = sum(outcomes);
const skipIsFailure = process.env.CI === 'true' && total.skipped > 0;
if (skipIsFailure) console.log('CI=true: a skip is a failure.');
if (total.failed > 0 || skipIsFailure) process.exitCode = 1;
await writeFile(`${results}/closing-line.txt`, `${closingLine(total)}\n`);
console.log(closingLine(total));
