import { UsageError } from '../errors.js';
import { type Assignment, assign } from './assign.js';
import { type Completed, complete } from './complete.js';
import { readConfig } from './config-file.js';
import type { Settings } from './schema.js';
import { leaf } from './tree.js';

/** More would scroll away what can be read. */
const MOST = 20;

/**
 * What file and command line say together, the command line winning; unchecked, for complete() or the wizard.
 * @throws UsageError where the file cannot be read
 */
export async function loadDraft(
  file: string | undefined,
  assignments: readonly Assignment[],
): Promise<unknown> {
  return assign(file === undefined ? {} : await readConfig(file), assignments);
}

/** The settings, or @throws UsageError that names everything missing and wrong at once. */
export function settingsOf(completed: Completed): Settings {
  if (completed.settings) return completed.settings;
  const { missing, problems } = completed;
  const all = [...problems, ...missing.map(howToGive)];
  const shown = all.length > MOST ? [...all.slice(0, MOST), `... and ${all.length - MOST} more.`] : all;
  const what = [problems.length > 0 ? 'wrong' : '', missing.length > 0 ? 'missing' : '']
    .filter(Boolean)
    .join(' or ');
  throw new UsageError(`Some settings are ${what}.`, shown, {
    code: 'settings',
    hint: 'Every setting is explained in the README. In a terminal, `broker-setup init` asks for what is missing.',
  });
}

/** complete() and settingsOf() in one. @throws UsageError */
export function requireSettings(draft: unknown): Settings {
  return settingsOf(complete(draft));
}

/** One sentence: that the setting is missing and both ways to give it. */
export function howToGive(path: string): string {
  const { flag, example, keys, kind } = leaf(path);
  const value = String(example);
  const asFlag =
    flag === undefined ? `--set ${path}=${value}` : `--${flag}${kind === 'boolean' ? '' : ` ${value}`}`;
  const onLine = path === 'server' ? `as first argument (${value})` : `as ${asFlag}`;
  const line = `"${keys.at(-1)}: ${value}"`;
  const inFile = keys.length > 1 ? `${line} under "${keys.slice(0, -1).join('.')}:"` : line;
  const instead =
    path === 'broker.version' ? ' Or take Mosquitto, which needs no version: --broker mosquitto.' : '';
  return `${path} is missing: give it ${onLine}, or ${inFile} in broker.yaml.${instead}`;
}
