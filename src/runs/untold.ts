import { createHash } from 'node:crypto';
import type { MadePassword } from '../engine/step.js';
import { STATE_FOLDER } from '../server-folders.js';
import { lines, Secret, type Sh, sh } from '../sh.js';

/**
 * Passwords that a run has made, until a person was shown them: a run that dies in between leaves an account whose password
 * nobody knows. Kept is a hash, of 20 and more random characters, which nobody can turn back.
 */
const FOLDER = `${STATE_FOLDER}/untold`;

const NAMES: readonly MadePassword[] = ['devicePassword', 'dashboardPassword'];

const hash = (password: Secret): string => createHash('sha256').update(password.reveal()).digest('hex');

/** Shell that notes a password before it is set; under -e, so that none is set without its note. */
export function noteUntold(name: MadePassword, password: Secret): Sh {
  return sh`mkdir -p -m 0700 ${FOLDER}
echo ${new Secret(hash(password))} >${FOLDER}/${name}`;
}

/** The passwords of one run. */
export type Made = Record<MadePassword, Secret>;

/** Shell that forgets those of this run: a person has been shown them. What an earlier run has left is still to be told. */
export function forgetTold(made: Made): Sh {
  const forget = (name: MadePassword) =>
    sh`if [ "$(cat ${FOLDER}/${name} 2>/dev/null)" = ${hash(made[name])} ]; then rm -f ${FOLDER}/${name}; fi`;
  return lines(...NAMES.map(forget), sh`rmdir ${FOLDER} 2>/dev/null || true`);
}

/** Shell that answers `untold-NAME=HASH` for each. */
export const tellUntold: Sh = sh`for note in ${FOLDER}/*; do
  [ ! -f "$note" ] || printf 'untold-%s=%s\\n' "\${note##*/}" "$(cat "$note")"
done`;

/** Pure. Those that an earlier run has made and nobody was told; what this run makes, it tells in the end. */
export function untoldOf(told: ReadonlyMap<string, string>, secrets: Made): ReadonlySet<MadePassword> {
  return new Set(
    NAMES.filter((name) => {
      const kept = told.get(`untold-${name}`);
      return kept !== undefined && kept !== hash(secrets[name]);
    }),
  );
}

/** In the plan: why an account gets another password. */
export const againUntold = (account: string): string =>
  `Give the account ${account} another password: the one that it has was never shown, as that run was cut off`;

/** Pure. The script that sets a password, with the note of it before. */
export const settingUntold = (name: MadePassword, password: Secret, script: Sh): Sh =>
  lines(noteUntold(name, password), script);
