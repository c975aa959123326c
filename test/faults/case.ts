import type { Output, Started } from '../e2e/ground.js';
import type { Bench, Known } from './bench.js';
import type { Case } from './cases.js';
import { difference } from './difference.js';
import { digest } from './digest.js';
import { STRIKES } from './strike.js';
import { isGuarded, restored, waysIn } from './way-in.js';

export type Verdict = 'ok' | 'DIFFERENT' | 'LOCKED OUT' | 'FAILED';

/** What became of one case. */
export interface Outcome {
  verdict: Verdict;
  /** What was seen, where that was not right. */
  detail: string;
  /** From the break until the server had taken the change back, where the guard was armed. */
  restoredAfter: number | undefined;
  /** From the break until the broken run ended. */
  endedAfter: number;
  /** Who got in before the next run. */
  ways: readonly string[];
}

/** The server has to take a change back within this time, in seconds. */
export const RESTORE_LIMIT = 120;

/** A run whose server does not answer any more notices within 28 s; it may say goodbye for a while. */
export const END_LIMIT = 60;

/** How often a change that was over before its middle is tried anew, each time stopped earlier. */
const TRIES = 4;

/** Brings the server to where the step begins, breaks a run there, and sees whether the next one ends as if nothing had happened. */
export async function breakRun(bench: Bench, one: Case): Promise<Outcome> {
  const { on } = bench;
  const { run, proceed } = await stand(bench, one);
  const guarded = await isGuarded(on);
  const since = performance.now();
  const heal = await STRIKES[one.fault](on, run);
  let output: Output;
  try {
    await proceed();
    output = await within(run, END_LIMIT);
  } finally {
    await heal();
  }
  const endedAfter = (performance.now() - since) / 1000;
  const seconds = await restored(on, since, RESTORE_LIMIT);
  const ways = await waysIn(on);
  const outcome = (verdict: Verdict, detail = ''): Outcome => ({
    ...{ verdict, detail, endedAfter, ways },
    restoredAfter: guarded ? seconds : undefined,
  });
  if (ways.length === 0) return outcome('LOCKED OUT', output.stderr);
  if (guarded && seconds === undefined)
    return outcome('FAILED', `The guard took nothing back within ${RESTORE_LIMIT} s.`);
  if (one.fault !== 'kill' && !isClearEnd(output))
    return outcome('FAILED', `No clear end of the broken run (${output.exitCode}):\n${output.stderr}`);
  const again = await within(bench.init(), 240);
  if (again.exitCode !== 0) return outcome('FAILED', `The next run failed:\n${again.stderr}`);
  const other = difference(bench.reference, await digest(on));
  if (other !== '') return outcome('DIFFERENT', other);
  const doctor = await on.run(['doctor']);
  return doctor.exitCode === 0 ? outcome('ok') : outcome('DIFFERENT', doctor.stdout);
}

interface Stood {
  run: Started;
  /** Lets the server go on as it would have without the stand-in. */
  proceed(): Promise<void>;
}

/** A run that stands still at the wanted place. */
async function stand(bench: Bench, { step, at, fault }: Case): Promise<Stood> {
  const known = bench.known.get(step);
  if (known === undefined) throw new Error(`no step ${step}`);
  const stop = stopIn(known, at);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    await bench.copies.restore(known.copy);
    if (known.spoil !== undefined) await bench.on.inside(known.spoil);
    await bench.breakpoint.set({ ...stop, position: at, pause: stop.pause / 2 ** attempt });
    const run = bench.init();
    const standing = await bench.breakpoint.reached(run);
    await bench.breakpoint.clear();
    if (standing === undefined)
      throw new Error(`The run never came to ${stop.change}:\n${(await run.ended).stderr}`);
    if (standing.where !== 'late') {
      // Broken before a change, the run is taken to have broken before the server heard of that change. What a server does
      // that has heard of it is what `middle` shows: it carries the change out.
      const word = at === 'before' ? 'never' : 'on';
      return { run, proceed: () => (fault === 'power' ? Promise.resolve() : bench.breakpoint.go(word)) };
    }
    await bench.breakpoint.go('on');
    run.kill();
    await run.ended;
  }
  throw new Error(`${stop.change} was over before it could be stopped in the middle`);
}

/** Before the first change, in the middle of the longest, after the last. */
function stopIn({ changes }: Known, at: Case['at']): { change: string; pause: number } {
  const longest = changes.toSorted((one, other) => other.seconds - one.seconds)[0];
  const stop = { before: changes[0], middle: longest, after: changes.at(-1) }[at];
  if (stop === undefined) throw new Error('a step without changes');
  return { change: stop.change, pause: stop.seconds / 2 };
}

/** What a person is told: what happened and how to go on, without the marks of a defect. */
function isClearEnd({ exitCode, stderr }: Output): boolean {
  return exitCode === 1 && stderr.includes('To go on:') && !stderr.includes('bug in broker-setup');
}

/** Kills a run that does not end in time, so that it cannot disturb what comes. */
async function within(run: Started, seconds: number): Promise<Output> {
  const timer = setTimeout(() => run.kill(), seconds * 1000);
  const output = await run.ended;
  clearTimeout(timer);
  return output;
}
