import { access } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { fromCommandLine } from '../settings/assign.js';
import { complete } from '../settings/complete.js';
import { loadDraft, requireSettings, settingsOf } from '../settings/load.js';
import type { Settings } from '../settings/schema.js';
import type { CommonFlags } from './flags.js';
import { interactive } from './questions.js';

/** The settings file that is read where --config names none, if it is there. */
export const DEFAULT_CONFIG = 'broker.yaml';

/**
 * Settings from file, flags and, where something is missing and a person is there, questions.
 * @returns asked: whether questions were asked
 * @throws UsageError naming everything that is missing or wrong at once
 */
export async function loadSettings(
  server: string | undefined,
  flags: CommonFlags,
): Promise<{ settings: Settings; asked: boolean }> {
  const draft = await loadDraft(await configToRead(flags), lineOf(server, flags));
  const first = complete(draft);
  const onlyMissing = !first.settings && first.problems.length === 0;
  if (!onlyMissing || !interactive()) return { settings: settingsOf(first), asked: false };
  const { ask } = await import('../settings/wizard.js');
  return { settings: requireSettings(await ask(draft)), asked: true };
}

/**
 * Settings of a server that was set up before: nothing is asked, and nothing has to be agreed to.
 * @throws UsageError naming everything that is missing or wrong at once
 */
export async function knownSettings(server: string | undefined, flags: CommonFlags): Promise<Settings> {
  const agreed = { keys: ['certificate', 'agree_terms'], value: true };
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
