import { atWork } from '../engine/at-work.js';
import type { Event } from '../engine/events.js';
import { isInPlace } from '../engine/healthy.js';
import type { Look } from '../engine/look.js';
import type { StepOutcome } from '../engine/run.js';
import { filesSeen } from '../engine/same-files.js';
import { notWritable } from '../engine/writable.js';
import { Cancelled, EXIT, PersonNeeded, UsageError } from '../errors.js';
import { openRun } from '../run-log/open.js';
import { outstandingSteps, withoutOutstanding } from '../run-log/outstanding.js';
import { openingOf } from '../session/finish-interrupted-run.js';
import type { InitFlags } from '../session/flags.js';
import { confirm, interactive } from '../session/questions.js';
import { DEFAULT_CONFIG, doctorCommand, repeatCommand, unlockCommand } from '../session/repeat.js';
import type { Session } from '../session/session.js';
import { put } from '../settings/defaults.js';
import { saveConfig } from '../settings/save.js';
import type { Settings } from '../settings/schema.js';
import { duration } from '../terminal/duration.js';
import { say, show } from '../terminal/screen.js';
import { prose, withCommand, wrap } from '../terminal/wrap.js';
import { printError } from '../ui/error.js';
import { planTotal } from '../ui/plan-total.js';
import { preview } from '../ui/preview.js';
import { initJson, planJson } from '../ui/result-json.js';
import { standing } from '../ui/standing.js';
import { madeSecrets, shownPasswords, soonNeeded, summary } from '../ui/summary.js';
import { restartIfNeeded } from './reboot.js';
import { runSteps, type Watching } from './run-steps.js';

/**
 * Shows the plan, asks once, brings every step that was looked at in place, tells what was done and proved.
 * @param events what happens is added here
 * @returns the exit code
 * @throws PersonNeeded, UsageError, Cancelled, each before anything was changed
 */
export async function bringInPlace(
  session: Session,
  flags: InitFlags,
  signal: AbortSignal,
  events: Event[],
): Promise<number> {
  const started = performance.now();
  const { looks, context } = session;
  const { settings } = context;
  const unproved = outstandingSteps(looks, session.runs.unproved);
  const changes = !looks.every(isInPlace);
  const todo = changes || unproved.size > 0;
  if (todo || flags.dryRun || flags.verbose) showPlan(session, flags);
  const [files, blocked] = await Promise.all([
    todo && !flags.dryRun ? filesSeen(session.host, looks) : undefined,
    todo ? notWritable(session.host, looks, context) : [],
  ]);
  refuseWhereAPersonIsNeeded(looks, blocked);
  if (flags.dryRun) {
    if (flags.json) show(planJson(settings, looks));
    say(prose(todo ? 'This was a dry run: nothing was changed.' : 'Nothing to do: every step is in place.'));
    return EXIT.ok;
  }
  if (changes) await agree(`Make these changes on ${settings.server}?`, flags);
  const config = flags.config ?? DEFAULT_CONFIG;
  // What was only looked at with other settings for once is not to become the settings.
  if (!flags.brief) await saveConfig(config, settings);
  const watching: Watching = {
    show: todo ? progressStyle(flags) : 'nothing',
    verbose: flags.verbose === true,
    say,
    events,
  };
  const opening = openingOf(session.runs, flags.command ?? 'init', unlockCommand(flags));
  const record = todo
    ? await openRun(session.host, { ...opening, files, makes: context.secrets })
    : undefined;
  for (const line of soonNeeded(looks, context)) say(line);
  const outcomes: StepOutcome[] = [];
  try {
    outcomes.push(
      ...(await runSteps({ ...session, signal, record, unproved }, withoutOutstanding(looks), watching)),
    );
    if (record) outcomes.push(...(await restartIfNeeded(session, signal, watching, record)));
  } catch (error) {
    const code = tellFailure(error, { session, flags, events, outcomes });
    say(prose(`This run took ${duration(Math.round((performance.now() - started) / 1000))}.`));
    // What became of the run is written down on the server.
    await atWork(async () => record?.close(error, shownPasswords(events, context)));
    return code;
  }
  const recorded = withRecords(settings, outcomes);
  if (recorded && !flags.brief) await saveConfig(config, recorded);
  if (flags.json || flags.brief) {
    for (const line of madeSecrets(events, context)) say(line);
    if (flags.json) show(initJson(settings, events, outcomes, undefined));
  } else {
    const seconds = (performance.now() - started) / 1000;
    show(
      summary({
        ...{ settings, context, events, outcomes, config, seconds },
        ...{ repeat: repeatCommand(flags), doctor: doctorCommand(flags), knownHosts: flags.knownHosts },
        run: record?.id,
      }),
    );
  }
  await record?.close(undefined, shownPasswords(events, context));
  return EXIT.ok;
}

interface Ended {
  session: Session;
  flags: InitFlags;
  events: readonly Event[];
  outcomes: readonly StepOutcome[];
}

/** What went wrong, what is done and what is not, what was made meanwhile, and how to go on. @returns the exit code */
function tellFailure(error: unknown, { session, flags, events, outcomes }: Ended): number {
  const { looks, context } = session;
  for (const line of madeSecrets(events, context)) say(line);
  if (flags.json) show(initJson(context.settings, events, outcomes, error));
  const code = printError(error, { verbose: flags.verbose === true });
  const steps = looks.map(({ step }) => step);
  for (const line of standing(steps, events)) say(line);
  if (!flags.throwaway) say(withCommand('\nTo go on:', repeatCommand(flags)));
  return code;
}

/** What was seen of the world at first use becomes a setting, so that it is compared the next time. */
function withRecords(settings: Settings, outcomes: readonly StepOutcome[]): Settings | undefined {
  const records = outcomes.flatMap(({ facts }) => facts).filter(({ record }) => record !== undefined);
  if (records.length === 0) return undefined;
  const copy = structuredClone(settings);
  for (const { record = '', value } of records) put(copy, record.split('.'), value);
  return copy;
}

export function progressStyle({ verbose, json }: InitFlags): Watching['show'] {
  return process.stderr.isTTY && !verbose && !json ? 'live' : 'plain';
}

export function showPlan({ looks, context }: Session, { dryRun, verbose }: InitFlags): void {
  say(prose(`\nThe plan for ${context.settings.server} (${context.server.pretty}):\n`));
  say(preview(looks, { diffs: dryRun === true || verbose === true, commands: verbose === true }));
  say(`\n${wrap(planTotal(looks), 0)}\n`);
}

/** Better to stop while nothing was changed than half-way. */
export function refuseWhereAPersonIsNeeded(looks: readonly Look[], more: readonly string[] = []): void {
  const stops = looks.flatMap((found) => found.findings.filter((finding) => finding.level === 'stop'));
  const said = [
    ...more,
    ...stops.map(({ summary, hint }) => (hint ? `${summary.replace(/\.?$/, '.')} ${hint}` : summary)),
  ];
  if (said.length > 0) throw new PersonNeeded(said);
}

/** Asks for the yes to the plan that was shown. @throws UsageError where nobody is there to say it; Cancelled for a no */
export async function agree(
  question: string,
  { yes: given }: Pick<InitFlags, 'yes'>,
  { preselected = true } = {},
): Promise<void> {
  if (given) return;
  if (!interactive()) {
    throw new UsageError('Nothing was changed: the plan above needs your yes.', [], {
      hint: 'Run it with --yes, or in a terminal to be asked.',
    });
  }
  // Ctrl-C at the question is a no as well.
  const yes = await confirm(question, { preselected }).catch((error: unknown) => {
    if (error instanceof Cancelled) return false;
    throw error;
  });
  if (!yes) throw new Cancelled('Nothing was changed.');
}
