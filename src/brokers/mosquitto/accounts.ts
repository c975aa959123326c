import { posix } from 'node:path';
import { SAY } from '../../engine/say.js';
import { type Secret, type Sh, sh, verbatim } from '../../sh.js';
import { MOSQUITTO } from './facts.js';

/** The broker reads the file after it gave up root, and from 2.0.16 on it wants to be its owner. */
export function claimPasswords(path: Sh = sh`${MOSQUITTO.passwords}`): Sh {
  return sh`chown ${MOSQUITTO.user}:${MOSQUITTO.user} ${path}
chmod 0600 ${path}`;
}

/**
 * Adds one account, or gives it another password, and keeps all others. The hash is made by the server's own mosquitto_passwd, since 1.6, 2.0 and 2.1 each
 * have another; it gets the password in a file that only root can reach (printf is part of the shell: no command line).
 */
export function addAccount(name: string, password: Secret): Sh {
  const folder = posix.dirname(MOSQUITTO.passwords);
  return sh`umask 077
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
# What a power cut has left of an earlier try; a name that nobody else gives, as passwd.backup would be.
rm -f ${folder}/.broker-setup.??????
new=$(mktemp ${`${folder}/.broker-setup.XXXXXX`})
{ [ ! -f ${MOSQUITTO.passwords} ] || name=${name} awk -F: '$1 != ENVIRON["name"]' ${MOSQUITTO.passwords}; } >"$new"
cat "$work/account" >>"$new"
${claimPasswords(sh`"$new"`)}
mv -f "$new" ${MOSQUITTO.passwords}
if systemctl -q is-active ${MOSQUITTO.unit}; then systemctl reload ${MOSQUITTO.unit}; fi`;
}
