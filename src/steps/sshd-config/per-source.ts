import type { Finding } from '../../engine/step.js';
import { PER_SOURCE, PER_SOURCE_SINCE, SSHD_DROP_IN } from '../../templates/sshd-drop-in.js';
import { type ConfigLine, placesOf } from './lines.js';
import type { State } from './state.js';

/** How many logins of one address at the same time leave enough of MaxStartups for others. */
const MOST = 9;

/** Pure. The names of PER_SOURCE that are ours to set: those that this OpenSSH knows and no file of the owner's mentions. */
export function ourPerSource(lines: readonly ConfigLine[], openssh: number): string[] {
  if (openssh < PER_SOURCE_SINCE) return [];
  return [...PER_SOURCE.keys()].filter((name) => ownLines(lines, name) === '');
}

/**
 * Pure. A limit of the owner's that allows one address all logins, or an SSH server without such a limit.
 * @param settled our file is as it should be; before, only the owner's lines count
 */
export function perSourceFindings(
  { lines, effective: [user] }: State,
  openssh: number,
  settled: boolean,
): Finding[] {
  if (openssh < PER_SOURCE_SINCE) return [];
  const value = user?.get('persourcemaxstartups')?.[0];
  // An answer without the line is that of a server that is not known.
  if (value === undefined || (/^\d+$/.test(value) && Number(value) <= MOST)) return [];
  const places = ownLines(lines, 'PerSourceMaxStartups');
  if (!settled && places === '') return [];
  return [
    {
      id: 'sshd-config.per-source',
      level: 'warn',
      summary: `One address may take all logins of the SSH server at the same time (PerSourceMaxStartups ${value}${places && `: ${places}`}).`,
      hint: `A stranger with idle connections can then lock you out. Set it to ${PER_SOURCE.get('PerSourceMaxStartups')}, or delete the line; then: sudo sshd -t && sudo systemctl reload ssh`,
    },
  ];
}

/** Where files other than ours set it, in words. */
const ownLines = (lines: readonly ConfigLine[], name: string): string =>
  placesOf(
    lines.filter(({ file }) => file !== SSHD_DROP_IN),
    [name],
  );
