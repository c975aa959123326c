import { Cancelled, SetupError } from '../errors.js';
import type { Host } from '../host/host.js';
import { clean } from '../sanitize.js';
import { type Sh, sh } from '../sh.js';
import { apply, isOneScript, type LaptopHands, uses } from './apply.js';
import { atWork } from './at-work.js';
import type { Emit, Event } from './events.js';
import { arm, disarm, type Guardian, restoreNow, stillArmed, whileArmed } from './guard.js';
import { untilTheNextChange } from './known-logins.js';
import { type Look, look, pendingLook } from './look.js';
import { ownWords } from './own-words.js';
import { canBeTried, prove } from './prove.js';
import type { Recorder } from './record.js';
import { keepSshUp, sshState } from './ssh-up.js';
import type { Context, Fact, Finding, LoginOutcome, MadePassword, Outside, Proof, Step } from './step.js';

export interface Run {
  host: Host;
  steps: readonly Step[];
  context: Context;
  outside: Outside;
  hands: LaptopHands;
  emit: Emit;
  signal: AbortSignal;
  /** The lock and the log of this run; undefined for one that finds nothing to change. */
  record: Recorder | undefined;
  /** Steps whose proofs an earlier run has left outstanding, each with the proof that did not hold: they are made again. */
  unproved?: ReadonlyMap<string, string | undefined>;
  /** Something was changed before this run, a restart for example, so every proof is made again. */
  changedBefore?: boolean;
  /** The login that `host` is, where it is the one that the proofs are about. */
  entered?: LoginOutcome | undefined;
  /** Called after changes, before what they have brought about is looked at from outside. */
  beforeProofs?: () => Promise<void>;
  /** Looks anew at this computer, after a change on it. */
  refresh(context: Context): Promise<Context>;
}

export interface StepOutcome {
  step: string;
  changed: Finding[];
  warnings: Finding[];
  facts: Fact[];
}

/** A step that makes itself a key needs a second look before it can authorize it; more rounds would be a defect of the step. */
const ROUNDS = 3;

const MADE: readonly MadePassword[] = ['devicePassword', 'dashboardPassword'];

/**
 * Brings every step in place, in order: check, apply, check again, prove. Stops at the first step that cannot be brought
 * in place and leaves the steps behind it alone.
 * @throws SetupError what failed and what to do; Cancelled between two changes after `signal` fired
 */
export async function run(run: Run, first: readonly Look[]): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  let current = { ...run, ...untilTheNextChange(run.outside, run.emit, run.entered) };
  // A look is good until something was changed after it.
  let known = new Map(first.map((found) => [found.step.id, found]));
  for (const [index, step] of run.steps.entries()) {
    if (run.signal.aborted) throw new Cancelled();
    const started = performance.now();
    run.emit({ type: 'step-start', step: step.id, title: step.title });
    let state: Extract<Event, { type: 'step-end' }>['state'] = 'failed';
    try {
      const found = known.get(step.id) ?? (await lookAt(current, [step]))[0];
      if (!found) throw new Error(`no look at ${step.id}`);
      const before =
        run.changedBefore === true ||
        run.unproved?.has(step.id) === true ||
        outcomes.some((outcome) => outcome.changed.length > 0);
      const outcome = await bringInPlace(current, found, run.steps.slice(index + 1), before);
      current = { ...current, context: outcome.context, outside: outcome.outside };
      if (outcome.changed.length > 0)
        known = new Map(outcome.next ? [[outcome.next.step.id, outcome.next]] : []);
      state = outcome.changed.length > 0 ? 'changed' : 'in-place';
      outcomes.push({
        step: step.id,
        changed: outcome.changed,
        warnings: outcome.warnings,
        facts: outcome.facts,
      });
    } catch (error) {
      if (error instanceof Cancelled) state = 'stopped';
      throw error;
    } finally {
      run.emit({ type: 'step-end', step: step.id, state, seconds: (performance.now() - started) / 1000 });
    }
  }
  return outcomes;
}

interface Brought {
  changed: Finding[];
  warnings: Finding[];
  facts: Fact[];
  context: Context;
  outside: Outside;
  /** A fresh look at the next step, taken in the same round trip as the verification of this one. */
  next: Look | undefined;
}

/**
 * @param rest the steps behind this one, whose proofs may depend on what it changes
 * @param changedBefore whether an earlier step of this run changed something, which this step's proofs may depend on
 */
async function bringInPlace(
  run: Run,
  first: Look,
  rest: readonly Step[],
  changedBefore: boolean,
): Promise<Brought> {
  const { step } = first;
  const [nextStep] = rest;
  const changed: Finding[] = [];
  let { context } = run;
  let found = first;
  let next: Look | undefined;
  refuseToGoOn(found);
  for (let round = 0; ; round += 1) {
    const due = found.findings.filter(isDue);
    if (due.length === 0) break;
    if (round === 0) {
      if (run.signal.aborted) throw new Cancelled();
      await prepare(run, step);
    } else if (step.guard) await stillArmed(run.host, guardianOf(run, step));
    try {
      if (round === ROUNDS || due.some((finding) => isRepeated(finding, changed)))
        throw notInPlace(step, due);
      const both = nextStep ? [step, nextStep] : [step];
      let seen: Look[] | undefined;
      for (const finding of due) {
        if (run.signal.aborted) throw new Cancelled();
        run.emit({ type: 'change', step: step.id, finding });
        run.record?.notes.due(withProofs([step, ...rest], context));
        // The check after the last change runs in the round trip of that change.
        const behind =
          finding === due.at(-1) && isOneScript(finding.change) ? pendingLook(both, context) : undefined;
        const printed = await apply(run.host, run.hands, finding, {
          behind,
          onLine: (text) => run.emit({ type: 'line', step: step.id, text: clean(text) }),
          secrets: secretsOf(context.secrets),
          wrap: (script) => partOfRun(run, step, finding, script),
        });
        changed.push(finding);
        run.emit({ type: 'changed', step: step.id, finding });
        seen = behind?.read(printed);
        if (finding.change?.kind === 'keygen' || finding.change?.kind === 'host-entry')
          context = await run.refresh(context);
      }
      seen ??= await lookAt({ ...run, context }, both);
      if (!seen[0]) throw new Error(`no look at ${step.id}`);
      [found, next] = [seen[0], seen[1]];
      // In here, so that a guarded change is taken back at once where the second look finds what only a person can mend.
      refuseToGoOn(found);
    } catch (error) {
      throw step.guard ? await takenBack(run, step, error) : error;
    }
  }
  const outside: Outside = {
    ...run.outside,
    ...knownNow(run.outside, changed, context),
    context,
    inside: Promise.resolve({
      facts: found.facts,
      inventory: found.inventory,
      addresses: run.outside.addresses,
    }),
  };
  if (changed.length > 0) await stillIn({ ...run, outside }, step, context);
  if (changed.length > 0 || changedBefore)
    await confirm({ ...run, outside }, step, context, changed.length > 0);
  const warnings = found.findings.filter((finding) => finding.level === 'warn');
  for (const finding of warnings) run.emit({ type: 'warning', step: step.id, finding });
  return { changed, warnings, facts: found.facts, context, outside, next };
}

function partOfRun(run: Run, step: Step, finding: Finding, script: Sh): Sh {
  const before = step.guard ? whileArmed(guardianOf(run, step)) : undefined;
  return run.record?.recorded(step, finding, script, before) ?? script;
}

/** Whether it is to be done once, and was. */
function isRepeated({ id, change }: Finding, done: readonly Finding[]): boolean {
  return change?.kind === 'run' && change.once === true && done.some((one) => one.id === id);
}

/** Whether `init` has something to do for this finding now; a reboot waits for the end. */
function isDue(finding: Finding): boolean {
  return finding.level === 'change' && finding.change?.kind !== 'reboot';
}

function refuseToGoOn({ step, findings, unknown }: Look): void {
  if (unknown !== undefined) {
    throw new SetupError(`“${step.title}” could not be checked: ${unknown}`, {
      code: 'unknown-state',
      hint: 'Nothing of this step was changed. Run the same command again; if it stays so, run it with --verbose.',
    });
  }
  const stop = findings.find((finding) => finding.level === 'stop');
  if (stop)
    throw new SetupError(stop.summary, {
      code: stop.id,
      ...(stop.hint === undefined ? {} : { hint: stop.hint }),
    });
}

async function prepare(run: Run, step: Step): Promise<void> {
  await prove(step.id, step.requires(run.context), run.outside, run.emit, 'hold', run.signal);
  if (step.guard) await arm(run.host, step.guard(run.context), guardianOf(run, step));
}

/** Once a password was handed to the server it is known, and what needs it can be proved. */
function knownNow(
  { made }: Outside,
  changed: readonly Finding[],
  { secrets }: Context,
): Pick<Outside, 'made'> {
  const used = MADE.filter((name) => changed.some((finding) => uses(finding, secrets[name])));
  return { made: { ...made, ...Object.fromEntries(used.map((name) => [name, secrets[name]])) } };
}

/**
 * Whatever else a step has done, who runs this must still get in.
 * @throws SetupError proof-failed, with what the server says of its SSH server over the session that is there
 */
async function stillIn(run: Run, step: Step, context: Context): Promise<void> {
  const proofs = step.afterwards(context);
  // Whoever stops the run has the change finished; the next run begins with such a login.
  if (proofs.length === 0 || run.signal.aborted) return;
  try {
    await prove(step.id, proofs, run.outside, run.emit, 'hold', run.signal);
  } catch (error) {
    if (!(error instanceof SetupError) || run.signal.aborted) throw error;
    const { stdout, stderr } = await run.host.run({ script: sshState });
    throw new SetupError(
      [error.message, ...ownWords(stdout, stderr).map((line) => `    ${line}`)].join('\n'),
      {
        code: error.code,
        hint: 'The lines above are what the server says of its SSH server. A session that is open now stays open: put the cause right in it before you close it, then run the same command again.',
      },
    );
  }
}

/** Nothing counts as done before it was seen from outside; a guarded change is taken back if it was not. */
async function confirm(run: Run, step: Step, context: Context, guarded: boolean): Promise<void> {
  try {
    const more = guarded ? (step.guard?.(run.context).proofs ?? []) : [];
    const proofs = [...step.proofs(context), ...more];
    if (proofs.length > 0) await run.beforeProofs?.();
    await proveAndNote(run, step, proofs);
  } catch (error) {
    throw step.guard && guarded ? await takenBack(run, step, error) : error;
  }
  if (step.guard && guarded) await disarm(run.host, guardianOf(run, step));
}

/** What comes of the proofs is noted on the server: until they hold, each run makes them again. */
async function proveAndNote(run: Run, step: Step, proofs: readonly Proof[]): Promise<void> {
  let last: string | undefined;
  const emit: Emit = (event) => {
    if (event.type === 'proof') last = event.id;
    run.emit(event);
  };
  try {
    const again = run.unproved?.get(step.id);
    await prove(step.id, proofs, run.outside, emit, step.guard ? 'hold' : 'not-fail', run.signal, again);
  } catch (error) {
    if (last !== undefined && error instanceof SetupError && error.code === 'proof-failed')
      run.record?.notes.failed(step.id, last);
    throw error;
  }
  run.record?.notes.held(step.id);
  for (const { needs } of proofs.filter((proof) => canBeTried(proof, run.outside)))
    if (needs) run.record?.confirmed(needs);
}

const withProofs = (steps: readonly Step[], context: Context): string[] =>
  steps.filter((step) => step.proofs(context).length > 0).map(({ id }) => id);

/** All that are set in a run. */
function secretsOf({ devicePassword, dashboardPassword, nodeCookie, sudoPassword }: Context['secrets']) {
  return [devicePassword, dashboardPassword, nodeCookie, sudoPassword];
}

function guardianOf({ record }: Run, step: Step): Guardian {
  return record?.guarded(step) ?? { run: '', mayChange: sh`:`, log: () => sh`:` };
}

/**
 * Takes a guarded change back at once.
 * @returns the error to throw: the same, which now also says what became of the way in
 */
async function takenBack(run: Run, step: Step, error: unknown): Promise<unknown> {
  const cause = run.signal.aborted && !(error instanceof Cancelled) ? new Cancelled() : error;
  const say = (sentence: string) => (cause instanceof SetupError ? cause.adding(sentence) : cause);
  try {
    await atWork(() => restoreNow(run.host, guardianOf(run, step)));
    return say(await wayInNow(run));
  } catch (failure) {
    if (failure instanceof SetupError && failure.code === 'not-restored') return failure;
    return say(
      'The server takes this step back by itself within two minutes. Whether you can log in then is not known: try it.',
    );
  }
}

/** How the way in is after a step was taken back: known only from a login. */
async function wayInNow({ host, outside, signal }: Run): Promise<string> {
  const back = 'The server has taken this step back';
  if (signal.aborted) return `${back}.`;
  await host.run({ script: keepSshUp });
  const { keyLogin, firstLogin = keyLogin } = outside;
  try {
    const seen = await outside.login({ ...firstLogin });
    if (seen.ok) return `${back}: the way in is as it was before.`;
    return `${back}, but a new login was refused: ${seen.detail}`;
  } catch (error) {
    return `${back}, but a new login was not possible: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function notInPlace(step: Step, due: readonly Finding[]): SetupError {
  const what = due.map((finding) => `    ${finding.summary}`).join('\n');
  return new SetupError(`“${step.title}” was done, but the server still says:\n${what}`, {
    code: 'not-in-place',
    hint: 'Each command reported success. Run with --verbose to see all of them with their output; where something else on the server undoes the change, it does so between them.',
  });
}

function lookAt(run: Pick<Run, 'host' | 'context'>, steps: readonly Step[]): Promise<Look[]> {
  return look(run.host, steps, run.context);
}
