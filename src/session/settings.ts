import { access } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { type Assignment, assign, fromCommandLine } from '../settings/assign.js';
import { complete } from '../settings/complete.js';
import { SAFE_DASHBOARD, valueAt } from '../settings/defaults.js';
import { loadDraft, requireSettings, settingsOf } from '../settings/load.js';
import { withoutMistyped } from '../settings/mistyped.js';
import { checkWritable, saveAnswers } from '../settings/save.js';
import type { Draft, Settings } from '../settings/schema.js';
import { say } from '../terminal/screen.js';
import { symbol } from '../terminal/theme.js';
import { prose, withCommand, wrap } from '../terminal/wrap.js';
import type { Typed } from './enter.js';
import type { CommonFlags } from './flags.js';
import { interactive } from './questions.js';
import { DEFAULT_CONFIG, repeatCommand } from './repeat.js';

const AGREED = ['certificate', 'agree_terms'];

/**
 * Settings from file, flags and, where something is missing and a person is there, questions. Each answer is in the settings file
 * before the next question.
 * @param typed what a person types to log in meanwhile is added here
 * @returns asked: whether questions were asked
 * @throws UsageError naming everything that is missing or wrong at once; SetupError `config-unwritable`; Cancelled
 */
export async function loadSettings(
  server: string | undefined,
  flags: CommonFlags,
  typed: Typed,
  signal: AbortSignal,
): Promise<{ settings: Settings; asked: boolean }> {
  const file = await configToRead(flags);
  // A file in which the terms are not accepted has set up no server yet: it holds the first answers to the questions.
  const isNew = file === undefined || valueAt(await loadDraft(file, []), AGREED) !== true;
  const safe = (draft: unknown) => (isNew ? safeFromTheStart(draft) : draft);
  const line = lineOf(server, flags);
  let given = await loadDraft(file, line);
  let first = complete(safe(given));
  if (!first.settings && first.problems.length > 0 && interactive()) {
    const right = await sortedOut(file, line);
    if (right) {
      given = await loadDraft(file, right);
      first = complete(safe(given));
    }
  }
  const onlyMissing = !first.settings && first.problems.length === 0;
  if (!onlyMissing || !interactive()) return { settings: settingsOf(first), asked: false };
  const kept = flags.config ?? DEFAULT_CONFIG;
  await checkWritable(kept);
  const [{ ask }, { meet }] = await Promise.all([import('../settings/wizard.js'), import('./meet.js')]);
  let answers = false;
  const effects = {
    keep: async (answered: Draft) => {
      await saveAnswers(kept, answered);
      answers = true;
    },
    meet: (named: Draft) => meet(named, flags, typed, signal),
  };
  if (file !== undefined) say(prose(`${kept} lacks some answers. Here are the questions that are left.`));
  try {
    const answered = await ask(given, undefined, undefined, effects);
    return { settings: requireSettings(safe(answered)), asked: true };
  } catch (error) {
    if (answers || file !== undefined)
      say(withCommand(`\nYour answers so far are in ${kept}. To go on:`, repeatCommand(flags)));
    throw error;
  }
}

/** The command line without what was mistyped, of which the person is told: questions ask for it instead. */
async function sortedOut(
  file: string | undefined,
  line: readonly Assignment[],
): Promise<Assignment[] | undefined> {
  const { ASKED } = await import('../settings/wizard.js');
  const sorted = withoutMistyped(await loadDraft(file, []), line, ASKED);
  for (const problem of sorted?.problems ?? []) say(`${symbol.bad} ${wrap(problem, 2)}`);
  return sorted?.right;
}

/** What the questions preselect, for a new settings file that nobody was asked about. */
function safeFromTheStart(draft: unknown): unknown {
  if (valueAt(draft, ['broker', 'kind']) !== 'emqx' || valueAt(draft, ['dashboard']) !== undefined)
    return draft;
  return assign(draft, [{ keys: ['dashboard'], value: SAFE_DASHBOARD }]);
}

/**
 * Settings of a server that was set up before: nothing is asked, and nothing has to be agreed to.
 * @throws UsageError naming everything that is missing or wrong at once
 */
export async function knownSettings(server: string | undefined, flags: CommonFlags): Promise<Settings> {
  const agreed = { keys: AGREED, value: true };
  const file = await configToRead(flags);
  const done = complete(await loadDraft(file, [...lineOf(server, flags), agreed]));
  if (done.settings) return done.settings;
  if (file !== undefined || done.problems.length > 0) return settingsOf(done);
  throw new UsageError(`There is no ${DEFAULT_CONFIG} here, so it is not known which server is meant.`, [], {
    code: 'no-settings',
    hint: `Run this in the folder where init has put ${DEFAULT_CONFIG}, or name that file with --config.`,
  });
}

function lineOf(server: string | undefined, flags: CommonFlags) {
  return fromCommandLine({ server, options: { ...flags }, ...(flags.set ? { set: flags.set } : {}) });
}

/** A file that was named must be there; the default one need not. */
export async function configToRead({ config }: CommonFlags): Promise<string | undefined> {
  if (config !== undefined) return config;
  const there = await access(DEFAULT_CONFIG).then(
    () => true,
    () => false,
  );
  return there ? DEFAULT_CONFIG : undefined;
}
