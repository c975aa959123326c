import { type Sh, sh } from '../../sh.js';

/** Where the address does not matter, one of the documentation range (RFC 5737) stands for the world. */
const SOMEWHERE = '192.0.2.1';

/**
 * Without this folder sshd neither validates nor tells anything ("Missing privilege separation directory"); systemd makes
 * it when it starts sshd, which with socket activation may be later: dev-sec/ansible-collection-hardening#752.
 */
export const privilegeFolder = sh`mkdir -p -m 0755 /run/sshd`;

/**
 * Shell that prints the settings in force for one user: sshd(8), -T and -C.
 * @param user one word of shell
 * @param from the address, one word of shell; the world where it is left out
 */
export const effectiveSettings = (user: Sh, from: Sh = sh`${SOMEWHERE}`): Sh =>
  sh`sshd -T -C user=${user},host=somewhere,addr=${from},laddr=${SOMEWHERE},lport=22`;

/** What must be in force for everybody: sshd takes the first value, and of a command line that is before all files, but a Match block's last. */
const REFUSALS = [
  'PermitRootLogin=no',
  'PasswordAuthentication=no',
  'KbdInteractiveAuthentication=no',
  'ChallengeResponseAuthentication=no',
  'PubkeyAuthentication=yes',
];

/**
 * Shell that answers `matched` with the names of settings to which Match blocks give another value than our file, whether it is there yet or not:
 * for this user and root, from somewhere and from where we come.
 */
export const tellMatched = (
  user: string,
): Sh => sh`matched=$(for from in ${SOMEWHERE} "\${SSH_CONNECTION%% *}"; do
  for who in ${user} root; do
    ${effectiveSettings(sh`"$who"`, sh`"$from"`)} ${REFUSALS.flatMap((one) => ['-o', one])}
  done
done | grep -iE '^((password|kbdinteractive|challengeresponse)authentication yes|permitrootlogin [^n]|pubkeyauthentication no)' | cut -d' ' -f1 | sort -u)
printf 'matched=%s\n' "$(echo $matched)"`;
