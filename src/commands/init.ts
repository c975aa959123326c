import type { Event } from '../engine/events.js';
import type { Look } from '../engine/look.js';
import { run, type StepOutcome } from '../engine/run.js';
import { Cancelled, EXIT, UsageError } from '../errors.js';
import { saveConfig } from '../settings/save.js';
import type { Settings } from '../settings/schema.js';
import { steps } from '../steps/index.js';
import { printError } from '../ui/error.js';
import { preview } from '../ui/preview.js';
import { liveProgress, plainProgress } from '../ui/progress.js';
import { initJson } from '../ui/result-json.js';
import { madeSecrets, summary } from '../ui/summary.js';
import type { InitFlags } from './flags.js';
import { onInterrupt } from './interrupt.js';
import { askHostKey, confirm, interactive } from './questions.js';
import { restartIfNeeded } from './reboot.js';
import { makeSecrets, openSession, type Session } from './session.js';
import { DEFAULT_CONFIG, loadSettings } from './settings.js';

/** Connect, look, show the plan, ask once, bring every step in place, tell what was done and proved. */
export async function init(server: string | undefined, flags: InitFlags): Promise<number> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const { settings, asked } = await loadSettings(server, flags);
  // Whatever happens next, nobody has to type the answers again.
  if (asked) await saveConfig(flags.config ?? DEFAULT_CONFIG, settings);
  const secrets = await makeSecrets(settings, asked);
  const interrupt = onInterrupt(say);
  try {
    say(`Looking at ${settings.server} ...`);
    const session = await openSession({
      settings,
      secrets,
      interactive: interactive(),
      hostKey: flags.hostKey,
      knownHosts: flags.knownHosts,
      signal: interrupt.signal,
      askHostKey: interactive() ? askHostKey : undefined,
    });
    try {
      return await bringInPlace(session, settings, flags, {
        say,
        signal: interrupt.signal,
        started: performance.now(),
      });
    } finally {
      await session.close();
    }
  } finally {
    interrupt.stop();
  }
}

interface Surroundings {
  say(text: string): void;
  signal: AbortSignal;
  started: number;
}

async function bringInPlace(
  session: Session,
  settings: Settings,
  flags: InitFlags,
  { say, signal, started }: Surroundings,
) {
  const { looks, context } = session;
  const todo = looks.some(
    (found) => found.unknown !== undefined || found.findings.some((one) => one.level !== 'warn'),
  );
  if (todo || flags.dryRun) {
    say(`\nThe plan for ${settings.server} (${context.server.pretty}):\n`);
    say(
      preview(looks, {
        diffs: flags.dryRun === true || flags.verbose === true,
        commands: flags.verbose === true,
      }),
    );
    say('');
  }
  refuseWhereAPersonIsNeeded(looks);
  if (flags.dryRun) {
    say(todo ? 'This was a dry run: nothing was changed.' : 'Nothing to do: every step is in place.');
    return EXIT.ok;
  }
  if (todo) await agree(settings, flags);
  const config = flags.config ?? DEFAULT_CONFIG;
  await saveConfig(config, settings);
  const events: Event[] = [];
  const live = todo && process.stderr.isTTY && !flags.verbose && !flags.json;
  const progress = !todo
    ? plainProgress([], () => undefined, false)
    : live
      ? await liveProgress(steps, process.stderr)
      : plainProgress(steps, say, flags.verbose === true);
  const emit = (event: Event) => {
    events.push(event);
    progress.emit(event);
  };
  let outcomes: StepOutcome[] = [];
  try {
    outcomes = await run({ ...session, steps, emit, signal }, looks);
    await progress.finish();
    if (todo) outcomes = await restartIfNeeded({ session, settings, outcomes, emit, say, signal });
  } catch (error) {
    await progress.finish();
    for (const line of madeSecrets(events, session.context)) say(line);
    if (flags.json) process.stdout.write(initJson(settings, events, outcomes, error));
    const code = printError(error, { verbose: flags.verbose === true });
    if (error instanceof Cancelled || todo) say(`\nTo go on: ${repeatCommand(flags)}`);
    return code;
  }
  if (flags.json) {
    for (const line of madeSecrets(events, session.context)) say(line);
    process.stdout.write(initJson(settings, events, outcomes, undefined));
    return EXIT.ok;
  }
  process.stdout.write(
    summary({
      settings,
      context: session.context,
      events,
      outcomes,
      config,
      repeat: repeatCommand(flags),
      seconds: (performance.now() - started) / 1000,
    }),
  );
  return EXIT.ok;
}

/** Better to stop while nothing was changed than half-way. */
function refuseWhereAPersonIsNeeded(looks: readonly Look[]): void {
  const stops = looks.flatMap((found) => found.findings.filter((finding) => finding.level === 'stop'));
  if (stops.length === 0) return;
  throw new UsageErrorOfServer(stops.map(({ summary: what, hint }) => (hint ? `${what} ${hint}` : what)));
}

/** Something on the server or in DNS that a person must put right; nothing was changed. */
class UsageErrorOfServer extends UsageError {
  override exitCode: number = EXIT.failed;

  constructor(problems: string[]) {
    super('Nothing was changed, because this must be put right first:', problems, { code: 'person-needed' });
  }
}

async function agree(settings: Settings, flags: InitFlags): Promise<void> {
  if (flags.yes) return;
  if (!interactive()) {
    throw new UsageError('The plan above was not agreed to, so nothing was changed.', [], {
      hint: 'Run with --yes to agree beforehand, or in a terminal to be asked.',
    });
  }
  if (!(await confirm(`Make these changes on ${settings.server}?`)))
    throw new Cancelled('Nothing was changed.');
}

function repeatCommand(flags: InitFlags): string {
  return `broker-setup init --config ${flags.config ?? DEFAULT_CONFIG}${flags.yes ? ' --yes' : ''}`;
}
