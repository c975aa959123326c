import { SetupError } from '../../errors.js';
import { clean } from '../../sanitize.js';
import { LoginAsOtherUser } from '../failures.js';

/** Why our root shell never ran: decided by marks and exit code; sudo's words only make the sentence better. */
export interface NotStarted {
  host: string;
  user: string;
  code: number;
  /** What came on each stream instead of the mark. */
  stdout: string;
  stderr: string;
  noSudo: boolean;
  /** Whether sudo asked for the password that it was handed. */
  prompted: boolean;
  withPassword: boolean;
  /** It was wrong, and the end of its input may have counted as two more: a sudo-rs that no signal has ended. */
  countedAgain: boolean;
  /** Whether sudo was given a terminal, because it had asked for one. */
  inTerminal: boolean;
  /** The login was ended after a minute without output. */
  silent: boolean;
}

/** cloud-init's forced command for root: as it is today, and with the name in front of "user" as older images have it. */
const OTHER_USER = /log ?in as the (?:user "?([a-z_][a-z0-9_-]*)?|"?([a-z_][a-z0-9_-]*)"? user rather than)/i;
/** What cloud-init writes where the image has no user of its own (cc_ssh.py). */
const NOBODY = 'NONE';

/** PAM prompts for a new password next, which this program cannot answer (sudo, plugins/sudoers/auth/pam.c). */
export const wantsNewPassword = (said: string): boolean =>
  /Account or password is expired, reset your password/i.test(said);

/** sudo is not installed as it must be, or its rules are not: sudo says so itself before it asks for anything (sudo, src/sudo.c; plugins/sudoers). */
const BROKEN =
  /^sudo: .*(?:must be owned by uid 0 and have the setuid bit set|effective uid is not 0|is world writable|is owned by uid \d+, should be 0|no valid sudoers sources found|error in event loop|unable to initialize policy plugin|syntax error).*$/m;

export function asksForOtherUser(said: string): { user: string | undefined } | undefined {
  const found = OTHER_USER.exec(said);
  if (found === null) return undefined;
  const user = found[1] ?? found[2];
  return { user: user === NOBODY ? undefined : user };
}

/**
 * sudo ran and refused: it writes its own name before each message, whatever the language, and exits with 1 before it
 * has run anything (sudo(8), "Exit value"). sudo-rs, which Ubuntu has since 25.10, calls itself either.
 */
function sudoSpoke(seen: NotStarted): boolean {
  return seen.code === 1 && /^sudo(?:-rs)?: |^\w+ is not in the sudoers/m.test(seen.stderr);
}

/** Whether a password may open what `sudo -n` did not. */
export function passwordMayHelp(seen: NotStarted): boolean {
  return !seen.withPassword && !seen.noSudo && sudoSpoke(seen) && !needsTerminal(seen.stderr);
}

/** Whether a terminal may open what sudo did not (`requiretty`, sudoers(5)). */
export function terminalMayHelp(seen: NotStarted): boolean {
  return !seen.inTerminal && sudoSpoke(seen) && needsTerminal(seen.stderr);
}

export function explain(seen: NotStarted): SetupError {
  const { host, user } = seen;
  const other = asksForOtherUser(seen.stdout + seen.stderr);
  if (other !== undefined) return new LoginAsOtherUser(host, user, other.user);
  const old = expired(seen);
  if (old !== undefined) return old;
  if (seen.silent) return gaveUp(seen);
  if (seen.noSudo) {
    return refused(
      `${host} has no sudo, and ${user} is not root.`,
      'Log in as root, or install sudo on the server first.',
    );
  }
  // 127: there is no script(1), which would have given it one.
  if (needsTerminal(seen.stderr) || (seen.inTerminal && seen.code === 127)) {
    return refused(
      `sudo on ${host} works only in a terminal (requiretty in its sudoers), and could not be given one.`,
      `Log in as root; or log in with “ssh -t ${user}@${host}” and take the word requiretty out with “sudo visudo”.`,
    );
  }
  if (
    /not in the sudoers|not allowed to (execute|run)|may not run|I'm afraid I can't do that/.test(seen.stderr)
  ) {
    return refused(
      `${user} may not use sudo on ${host}.`,
      'Log in as root or as a user with sudo, or add this user to the group sudo.',
    );
  }
  if (seen.prompted) {
    return refused(
      `sudo on ${host} did not accept the password of ${user}.`,
      seen.countedAgain
        ? 'Check the password. It was given only once, but this sudo (sudo-rs) may have counted it up to three times: a lock on the account (pam_faillock) is nearer than it looks.'
        : 'Check the password. It was tried only once, so that the account is not locked.',
    );
  }
  const broken = BROKEN.exec(seen.stderr)?.[0];
  if (broken !== undefined) {
    return refused(
      `sudo on ${host} does not work: ${clean(broken).slice(0, 200)}`,
      'Put that right as root, in the console of your provider; the setuid bit for example with “chmod 4755 /usr/bin/sudo”. Then run the same command again.',
    );
  }
  if (sudoSpoke(seen) && !/password is required|password required/.test(seen.stderr)) {
    return refused(
      `sudo on ${host} refused ${user}: ${clean(lastLine(seen.stderr) ?? '')}`,
      'Put that right on the server, or log in as root.',
    );
  }
  if (sudoSpoke(seen)) {
    return refused(
      `sudo on ${host} asks ${user} for a password.`,
      'Put it into the environment variable BROKER_SETUP_SUDO_PASSWORD, run in a terminal to be asked, or log in as root. Where it should ask for none: the last rule that matches decides, and “sudo -l” on the server lists them in order.',
    );
  }
  const said = lastLine(seen.stderr) ?? lastLine(seen.stdout);
  return new SetupError(
    `${host} let ${user} in but ran no shell${said === undefined ? '' : `; it said: ${said}`}${said === undefined ? '.' : ''}`,
    {
      code: 'no-shell',
      hint: `Try \`ssh ${user}@${host}\` by hand: an account without a shell looks like this, and so does one that always runs a menu or another command (ForceCommand in sshd_config, command= before the key, exec in its ~/.bashrc). Log in as another user, or change that first.`,
    },
  );
}

/** The cause is unknown, so the last output is quoted. */
function gaveUp({ host, user, stdout, stderr, prompted }: NotStarted): SetupError {
  const said = lastLine(stderr) ?? lastLine(stdout);
  return new SetupError(
    `${host} let ${user} in, but for a minute nothing was heard and nothing ran${said === undefined ? '.' : `; the last that it said: ${said}`}`,
    {
      code: 'no-shell',
      hint: `Try it by hand: \`ssh ${user}@${host}\`${prompted ? ', then `sudo -k true`: sudo may ask for more than the password' : ''}. Or log in as another user.`,
    },
  );
}

/**
 * Providers let a first password run out at once. sshd then runs nothing but passwd, in a terminal (OpenSSH, session.c);
 * sudo says it in its own words (sudo, plugins/sudoers/auth/pam.c).
 */
function expired({ host, user, stdout, stderr }: NotStarted): SetupError | undefined {
  if (
    !/password change required|password (has|is) expired|account or password is expired/i.test(
      stdout + stderr,
    )
  )
    return undefined;
  return new SetupError(
    `The password of ${user} on ${host} has run out: a new one must be set before anything else is run.`,
    {
      code: 'password-expired',
      hint: `Log in once by hand with \`ssh ${user}@${host}\` and set a new one when you are asked; then run the same command again. An account that has only a key needs root in the console of your provider: chage -d -1 -M -1 ${user}`,
    },
  );
}

function needsTerminal(stderr: string): boolean {
  return /must have a tty|no tty present/.test(stderr);
}

function refused(message: string, hint: string): SetupError {
  return new SetupError(message, { code: 'sudo-refused', hint });
}

/** The last thing that was said, short and without control characters, fit for a message. */
function lastLine(text: string): string | undefined {
  const lines = text
    .replace(/[^\P{Cc}\n]/gu, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.at(-1)?.slice(0, 200);
}
