import { effectiveSettings, SOMEWHERE } from '../../engine/facts/sshd.js';
import { type Sh, sh } from '../../sh.js';

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
