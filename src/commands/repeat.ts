import { pasted, program } from '../ui/program.js';
import type { InitFlags } from './flags.js';

/** The settings file that is read where --config names none, if it is there. */
export const DEFAULT_CONFIG = 'broker.yaml';

/** Takes the lock of a run off whose person is gone. */
export function unlockCommand({
  config = DEFAULT_CONFIG,
  knownHosts,
}: Pick<InitFlags, 'config' | 'knownHosts'>): string {
  const trust = knownHosts === undefined ? '' : ` --known-hosts ${pasted(knownHosts)}`;
  return `${program} unlock --config ${pasted(config)}${trust}`;
}

/** Looks at the server at any time. */
export function doctorCommand({
  config = DEFAULT_CONFIG,
  knownHosts,
}: Pick<InitFlags, 'config' | 'knownHosts'>): string {
  const trust = knownHosts === undefined ? '' : ` --known-hosts ${pasted(knownHosts)}`;
  return `${program} doctor --config ${pasted(config)}${trust}`;
}

export function repeatCommand({
  config = DEFAULT_CONFIG,
  knownHosts,
  yes,
  command = 'init',
}: InitFlags): string {
  const trust = knownHosts === undefined ? '' : ` --known-hosts ${pasted(knownHosts)}`;
  return `${program} ${command} --config ${pasted(config)}${trust}${yes ? ' --yes' : ''}`;
}
