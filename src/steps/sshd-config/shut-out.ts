import { DOORS } from '../../engine/logins.js';

/** What sshd -T tells for one user: `allowusers ada` once for each name, `authenticationmethods any` and the like. */
export type Told = (name: string) => readonly string[];

export type Door = (typeof DOORS)[number] | 'AuthenticationMethods' | 'ForceCommand' | 'ChrootDirectory';

/** Pure. Whether a list keeps the user out of every login. */
export const isList = (door: Door): boolean => DOORS.some((one) => one === door);

/** Commands that let nobody run another one; a wrapper that keeps a record and hands on what it was told does. */
const NO_SHELL = /sftp|nologin$|\/false$/;

/**
 * Pure. The setting that keeps a user out whatever key is shown, or from all commands, as sshd_config(5) reads them; undefined where none does.
 * Where the address decides (`ada@192.0.2.*`), nobody counts as kept out: that, a login shows.
 * @param groups of the user
 */
export function shutOut(user: string, groups: readonly string[], told: Told): Door | undefined {
  const named = (list: readonly string[], names: readonly string[]) =>
    list.some((pattern) => names.some((name) => matches(pattern, name)));
  const denied = told('denyusers').filter((one) => !one.includes('@') || one.endsWith('@*'));
  const allowed = told('allowusers');
  const allowedGroups = told('allowgroups');
  if (named(denied.map(userOf), [user])) return 'DenyUsers';
  if (allowed.length > 0 && !named(allowed.map(userOf), [user])) return 'AllowUsers';
  if (named(told('denygroups'), groups)) return 'DenyGroups';
  if (allowedGroups.length > 0 && !named(allowedGroups, groups)) return 'AllowGroups';
  // Each alternative lists what must all be shown; a key alone must be enough, as nothing else is taken any more.
  const ways = told('authenticationmethods').flatMap((value) => value.split(' '));
  const byKey = ways.some(
    (way) => way === 'any' || way.split(',').every((one) => one.startsWith('publickey')),
  );
  if (ways.length > 0 && !byKey) return 'AuthenticationMethods';
  if (told('forcecommand').some((command) => NO_SHELL.test(command))) return 'ForceCommand';
  return told('chrootdirectory').some((folder) => folder !== 'none') ? 'ChrootDirectory' : undefined;
}

const userOf = (pattern: string): string => pattern.split('@')[0] ?? '';

/** `*` and `?` of ssh_config(5), PATTERNS. */
function matches(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[.+^$(){}|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
