import { createHash } from 'node:crypto';
import type { MadePassword, Useless } from '../engine/step.js';
import { STATE_FOLDER } from '../server-folders.js';
import { SECRET_VARIABLES } from '../settings/secrets.js';
import { lines, Secret, type Sh, sh } from '../sh.js';
import { UNPROVED } from './unproved.js';

/**
 * Passwords that a run has made, until a person was shown them: a run that dies in between leaves an account whose password
 * nobody knows. Kept is a hash, of 20 and more random characters, which nobody can turn back.
 */
const FOLDER = `${STATE_FOLDER}/untold`;

const NAMES: readonly MadePassword[] = ['devicePassword', 'dashboardPassword'];

const hash = (password: Secret): string => createHash('sha256').update(password.reveal()).digest('hex');

/** The note that no proof has shown yet that an account takes its password. It goes where the change of the account is undone. */
export const unprovedNote = (name: MadePassword): string => `${UNPROVED}/${name}`;

/** Shell that notes a password before it is set; under -e, so that none is set without its notes. */
export function noteUntold(name: MadePassword, password: Secret): Sh {
  const hashed = new Secret(hash(password));
  return sh`mkdir -p -m 0700 ${FOLDER} ${UNPROVED}
echo ${hashed} >${FOLDER}/${name}
echo ${hashed} >${unprovedNote(name)}`;
}

/** The passwords of one run. */
export type Made = Record<MadePassword, Secret>;

const forget = (note: string, password: Secret): Sh =>
  sh`if [ "$(cat ${note} 2>/dev/null)" = ${hash(password)} ]; then rm -f ${note}; fi`;

/**
 * Shell that forgets those of this run: a person has been shown them. What an earlier run has left is still to be told.
 * @param shown those that were: one whose change failed is not
 */
export function forgetTold(made: Made, shown: readonly MadePassword[] = NAMES): Sh {
  return lines(
    ...shown.map((name) => forget(`${FOLDER}/${name}`, made[name])),
    sh`rmdir ${FOLDER} 2>/dev/null || true`,
  );
}

/** Shell that forgets that this password of this run was not tried yet. */
export const forgetUnproved = (made: Made, name: MadePassword): Sh => forget(unprovedNote(name), made[name]);

/** Shell that answers `untold-NAME=HASH` and `unproved-NAME=HASH` for each. */
export const tellUntold: Sh = sh`for note in ${FOLDER}/* ${NAMES.map(unprovedNote)}; do
  [ ! -f "$note" ] || { said=; read -r said <"$note"; kind=\${note%/*}; printf '%s-%s=%s\\n' "\${kind##*/}" "\${note##*/}" "$said"; }
done`;

/** Pure. Those of an earlier run that are of no use; what this run makes, it tells and proves in the end. */
export function untoldOf(
  told: ReadonlyMap<string, string>,
  secrets: Made,
): ReadonlyMap<MadePassword, Useless> {
  const isLeft = (kind: Useless, name: MadePassword) => {
    const kept = told.get(`${kind}-${name}`);
    return kept !== undefined && kept !== hash(secrets[name]);
  };
  return new Map(
    NAMES.flatMap((name) => {
      const why = (['untold', 'unproved'] as const).find((kind) => isLeft(kind, name));
      return why === undefined ? [] : [[name, why] as const];
    }),
  );
}

/** In the plan: why an account gets another password. */
export const againUntold = (account: string, why: Useless): string =>
  why === 'untold'
    ? `Give the account ${account} another password: the one that it has was never shown, as that run was cut off`
    : `Give the account ${account} another password: no run has confirmed that the one it has works, and only with a new one can that be tried`;

/** What else can be done where the account has a password that was shown and not tried. */
export const keepUnproved = (why: Useless | undefined): { hint?: string } =>
  why !== 'unproved'
    ? {}
    : {
        hint: `To have the present password tried instead, give it in the environment variable ${SECRET_VARIABLES.device}.`,
      };

/** Pure. The script that sets a password, with the note of it before. */
export const settingUntold = (name: MadePassword, password: Secret, script: Sh): Sh =>
  lines(noteUntold(name, password), script);
