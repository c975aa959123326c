import { placing } from '../../engine/placing.js';
import { SAY } from '../../engine/say.js';
import { type Secret, type Sh, sh, verbatim } from '../../sh.js';
import { MOSQUITTO } from './facts.js';

const OWNER = `${MOSQUITTO.user}:${MOSQUITTO.user}`;

/** The broker reads the file after it gave up root, and from 2.0.16 on it wants to be its owner. */
export const claimPasswords: Sh = sh`${placing}
target ${MOSQUITTO.passwords} ${OWNER}
[ "$owner" != root ] || chown -h ${OWNER} "$to"
as "$owner" chmod 0600 "$to"`;

/**
 * Adds one account, or gives it another password, and keeps all others. The hash is made by the server's own mosquitto_passwd, since 1.6, 2.0 and 2.1 each
 * have another; it gets the password in a file that only root can reach (printf is part of the shell: no command line).
 */
export function addAccount(name: string, password: Secret): Sh {
  return sh`${placing}
umask 077
target ${MOSQUITTO.passwords} ${OWNER}
work=$(mktemp -d -p /run 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s:%s\\n' ${name} ${password} >"$work/account"
mosquitto_passwd -U "$work/account" >/dev/null
# What it must make of each line; a program that exits with 0 and leaves the password as it is would give it away.
grep -q '^[^:]*:\\$' "$work/account" || {
  echo '${verbatim(SAY)}mosquitto_passwd made no hash of the password, so no account was made.' >&2
  echo '${verbatim(SAY)}Reinstall it on the server: sudo apt-get install --reinstall mosquitto. Then run the same command again.' >&2
  exit 1
}
if as "$owner" test -e "$to"; then read_file "$owner" "$to" >"$work/before" || {
  echo "${verbatim(SAY)}The accounts in $to could not be read, so none was added: it must be a plain file." >&2
  exit 1
}; else : >"$work/before"; fi
name=${name} awk -F: '$1 != ENVIRON["name"]' "$work/before" | cat - "$work/account" | replace "$owner" "$to" 0600 ${OWNER}
if systemctl -q is-active ${MOSQUITTO.unit}; then systemctl reload ${MOSQUITTO.unit}; fi`;
}
