import type { Finding } from '../../engine/step.js';
import { PER_SOURCE, PER_SOURCE_SINCE, SSHD_DROP_IN } from '../../templates/sshd-drop-in.js';
import { type ConfigLine, placesOf } from './lines.js';
import type { State } from './state.js';

/** How many logins of one address at the same time leave enough of MaxStartups for others. */
const MOST = 9;

const LIMIT = 'PerSourceMaxStartups';

/** Pure. The names of PER_SOURCE that are ours to set: those that this OpenSSH knows and no file of the owner's mentions. */
export function ourPerSource(lines: readonly ConfigLine[], openssh: number): string[] {
  if (openssh < PER_SOURCE_SINCE) return [];
  return [...PER_SOURCE.keys()].filter((name) => ownOf(lines, name).length === 0);
}

/**
 * Pure. A limit of the owner's that allows one address all logins, or an SSH server without such a limit.
 * @param settled our file is as it should be; before, only the owner's lines count, whatever is in force now: with a line of theirs ours
 *   leaves this setting out, and then theirs is in force
 */
export function perSourceFindings(
  { lines, effective: [user] }: State,
  openssh: number,
  settled: boolean,
): Finding[] {
  if (openssh < PER_SOURCE_SINCE) return [];
  const theirs = ownOf(lines, LIMIT);
  const value = settled ? user?.get(LIMIT.toLowerCase())?.[0] : theirs[0]?.value;
  // An answer without the line is that of a server that is not known.
  if (value === undefined || (/^\d+$/.test(value) && Number(value) <= MOST)) return [];
  const places = placesOf(theirs, [LIMIT]);
  return [
    {
      id: 'sshd-config.per-source',
      level: 'warn',
      summary: `One address may take all logins of the SSH server at the same time (${LIMIT} ${value}${places && `: ${places}`}).`,
      hint: `A stranger with idle connections can then lock you out. Set it to ${PER_SOURCE.get(LIMIT)}, or delete the line; then: sudo sshd -t && sudo systemctl reload ssh`,
    },
  ];
}

/** Lines of other files than ours that set it, the one that wins first. */
const ownOf = (lines: readonly ConfigLine[], name: string): ConfigLine[] =>
  lines.filter((line) => line.file !== SSHD_DROP_IN && line.name === name.toLowerCase());
