import { SetupError } from '../../errors.js';
import { clean } from '../../sanitize.js';
import { where } from '../failures.js';
import type { Target } from '../host.js';

/** Of a server on its way up or down; that passes by itself. */
export const NOT_NOW = 'not-now';
/** Nothing was said; it may be the network, or an sshd that is being restarted. */
export const HUNG_UP = 'hung-up';
/** Something was said; it may be no more than the server's greeting. */
export const BROKEN_OFF = 'login-cut-off';

/** Where it may be something of which nobody here has heard. */
const ELSE =
  'If it is something else, “journalctl -u ssh -n 20”, as root in the console of your provider, ends with it.';

/**
 * Pure. The server hung up in the middle of a login. sshd does so where PAM has something against the account, and passes PAM's words on first
 * (OpenSSH, auth2.c); those of pam_nologin(8) are the text of /etc/nologin or /run/nologin, which systemd writes while it starts and stops.
 * @param words what the server said last; '' for nothing
 */
export function cutOff(target: Target, words: string, cause: unknown): SetupError {
  const at = where(target);
  const { user } = target;
  const say = (code: string, message: string, hint: string): SetupError =>
    new SetupError(message, { code, hint, cause });
  if (/\bSystem is booting up\b/i.test(words))
    return say(
      NOT_NOW,
      `${at} is still starting, and until then lets nobody in but root.`,
      'Wait a minute and run the same command again. If it stays so, something holds its start up: “systemctl list-jobs”, as root in the console of your provider, says what.',
    );
  if (/\bSystem is going down\b/i.test(words))
    return say(
      NOT_NOW,
      `${at} is about to shut down, and lets nobody in any more but root.`,
      'If it restarts, wait a few minutes and run the same command again; else start it in the console of your provider. “shutdown -c”, as root there, calls a shutdown off that is only planned.',
    );
  if (/\baccount has expired\b/i.test(words))
    return say(
      'account-expired',
      `${at} knows ${user}, but the account has run out.`,
      `In the console of your provider, as root: chage -E -1 ${user}`,
    );
  const said = clean(words.trim()).slice(0, 200).replace(/\.$/, '');
  if (said === '')
    return say(
      HUNG_UP,
      `${at} closed the connection in the middle of the login of ${user}.`,
      `It waits for a login for a while only, often 30 seconds: be quick with passphrase and touch. If it still does so, it has something against this user: an empty file /etc/nologin or /run/nologin lets in nobody but root, and so may other rules for logins (PAM, such as /etc/security/access.conf). ${ELSE}`,
    );
  return say(
    BROKEN_OFF,
    `${at} broke off the login of ${user}. It said: “${said}”.`,
    `If somebody shuts the server for a while, these are the words of the file /etc/nologin: as long as it is there, nobody gets in but root. ${ELSE}`,
  );
}
