import type { Release } from '../../src/rehearsal/index.js';
import { steps } from '../../src/steps/index.js';
import { driftsOn } from '../e2e/drifts.js';
import { type Ground, ground, hostKeyOf, type Started } from '../e2e/ground.js';
import { type Breakpoint, breakpoint } from './breakpoint.js';
import { difference } from './difference.js';
import { digest } from './digest.js';
import { type Copies, copiesOf } from './disk.js';

/** What an undisturbed run did in one step, and how to come to where the step begins. */
export interface Known {
  /** Name of the copy. */
  copy: string;
  /** What makes the step necessary, where a first run finds nothing to do in it. */
  spoil: string | undefined;
  changes: readonly { change: string; seconds: number }[];
}

/** A server on which runs are broken, and what an undisturbed run came to on it. */
export interface Bench {
  on: Ground;
  copies: Copies;
  breakpoint: Breakpoint;
  /** Begins an `init` that is agreed to. */
  init(): Started;
  reference: string;
  known: ReadonlyMap<string, Known>;
  down(): Promise<void>;
}

/** Boots a server and runs `init` on it undisturbed, with a copy of the disk before each step. */
export async function bench(release: Release): Promise<Bench> {
  const on = await ground(release);
  try {
    const hostKey = await hostKeyOf(on);
    const init = () => on.start(['init', '--yes', '--host-key', hostKey]);
    const copies = copiesOf(on);
    const stops = await breakpoint(on.server.name);
    const known = await undisturbed({ on, copies, breakpoint: stops, init });
    const reference = await digest(on);
    const made = { on, copies, breakpoint: stops, init, reference, known, down: () => on.down() };
    for (const { step } of driftsOn(release))
      if (!known.has(step)) known.set(step, await spoiled(made, step, release));
    return made;
  } catch (error) {
    await on.down();
    throw error;
  }
}

type Parts = Pick<Bench, 'on' | 'copies' | 'breakpoint' | 'init'>;

const stepOf = (change: string) => change.split('.')[0] ?? '';

/** @returns the steps that had something to do */
async function undisturbed({ copies, breakpoint: stops, init }: Parts): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  await stops.set({ change: '*', position: 'before' });
  await copies.noteHome();
  const run = init();
  for (;;) {
    const standing = await stops.reached(run);
    if (standing === undefined) break;
    const step = stepOf(standing.change);
    if (!known.has(step)) {
      // With the home of the stop before: what the step does on this computer first is part of the step.
      await copies.keep(step);
      known.set(step, { copy: step, spoil: undefined, changes: [] });
    }
    await copies.noteHome();
    await stops.go('on');
  }
  await succeeded(run, 'undisturbed');
  await copies.noteHome();
  await copies.keep(END);
  const times = await stops.times();
  await stops.clear();
  for (const [step, entry] of known)
    known.set(step, { ...entry, changes: times.filter(({ change }) => stepOf(change) === step) });
  return known;
}

const END = 'end';

/** Spoils a step that had nothing to do, and sees that mending it, undisturbed, comes to the same as never spoiling it. */
async function spoiled(on: Bench, step: string, release: Release): Promise<Known> {
  const drift = driftsOn(release).find((one) => one.step === step);
  if (drift === undefined) throw new Error(`nothing spoils ${step}`);
  const order = steps.map(({ id }) => id);
  const next = order.slice(order.indexOf(step)).find((id) => on.known.has(id)) ?? END;
  await on.copies.restore(next);
  await on.on.inside(drift.spoil);
  await on.breakpoint.set({ change: '*', position: 'before' });
  const run = on.init();
  while ((await on.breakpoint.reached(run)) !== undefined) await on.breakpoint.go('on');
  await succeeded(run, `spoiled in ${step} but undisturbed`);
  const changes = (await on.breakpoint.times()).filter(({ change }) => stepOf(change) === step);
  await on.breakpoint.clear();
  const other = difference(on.reference, await digest(on.on));
  if (other !== '') throw new Error(`Spoiling ${step} and mending it leaves a difference:\n${other}`);
  return { copy: next, spoil: drift.spoil, changes };
}

async function succeeded(run: Started, what: string): Promise<void> {
  const { exitCode, stderr } = await run.ended;
  if (exitCode !== 0) throw new Error(`The run that was ${what} failed:\n${stderr}`);
}
