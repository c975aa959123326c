import { LoginRefused, SetupError } from '../errors.js';
import { clean } from '../sanitize.js';
import type { Target } from './host.js';

/** The first users of Ubuntu's, Debian's, Amazon's and Oracle's images. They are named, and not tried: each wrong one is a failed login more. */
const USUAL_USERS = 'ubuntu, debian, admin, ec2-user or opc';

/** The server lets this user in only to say that another one should be used (cloud-init's `disable_root`). */
export class LoginAsOtherUser extends SetupError {
  override name = 'LoginAsOtherUser';

  /** @param loginUser whom the server names instead; undefined where its text names nobody */
  constructor(
    host: string,
    user: string,
    readonly loginUser: string | undefined,
  ) {
    super(
      loginUser === undefined
        ? `${host} does not let ${user} run anything and asks for another user.`
        : `${host} does not let ${user} run anything and asks to log in as ${loginUser}.`,
      {
        code: 'login-as-other-user',
        hint: `Log in as ${loginUser ?? `the user that your provider names, such as ${USUAL_USERS}`} instead (setting login.user).`,
      },
    );
  }
}

export function where(target: Target): string {
  return target.port === 22 ? target.hostname : `${target.hostname} port ${target.port}`;
}

/** Bans lie on the server: its own way in is shut, the provider's console is not (fail2ban-client(1)). */
const BANNED =
  'If it let you in before, it may have banned the address that you come from: in the console of your provider, “fail2ban-client status sshd” lists those that are, and “fail2ban-client set sshd unbanip ADDRESS” lets one in again.';

/** What a failed TCP connection means, by its error code (errno(3), getaddrinfo(3)). */
export function unreachable(target: Target, cause: unknown, timeoutMs: number): SetupError {
  const code = codeOf(cause);
  const at = where(target);
  const say = (message: string, hint: string): SetupError =>
    new SetupError(message, { code: 'unreachable', hint, cause });
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return say(
        `The name ${target.hostname} does not exist in DNS.`,
        'Check its spelling, or use the address that your provider shows for the server.',
      );
    case 'EAI_AGAIN':
      return say(
        `The name ${target.hostname} could not be looked up.`,
        'Check that this computer is online, or use the address of the server.',
      );
    case 'ECONNREFUSED':
      return say(
        `${at} refused the connection.`,
        `The machine is up but no SSH server answers there: check the port, or wait a minute if it has just been started. ${BANNED}`,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return say(
        `There is no route to ${at}.`,
        'Check the address and the network of this computer; an IPv6 address needs IPv6 here as well.',
      );
    case 'ETIMEDOUT':
      return say(
        `${at} did not answer within ${Math.round(timeoutMs / 1000)} seconds.`,
        `Check the address, that the server is running, and that your provider's firewall lets SSH in. ${BANNED}`,
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return closedEarly(target, cause);
    default:
      return say(
        `${at} could not be reached (${code ?? String(cause)}).`,
        'Check the address, the port and the network of this computer.',
      );
  }
}

/** The server accepted the connection and then hung up before anyone was logged in. */
export function closedEarly(target: Target, cause?: unknown): SetupError {
  return new SetupError(`${where(target)} closed the connection before the login was done.`, {
    code: 'connection-closed',
    hint: `Servers do so when they are very busy, after several failed logins in a short time, or while they start: wait a few minutes and try again. If it stays so, check that this port is an SSH server, and that /etc/hosts.deny on the server does not turn your address away. ${BANNED}`,
    cause,
  });
}

/** The connection is there, and then nothing more comes. */
export function silent(target: Target, ms: number): SetupError {
  return new SetupError(
    `${where(target)} accepted the connection but did not go on for ${Math.round(ms / 1000)} seconds.`,
    {
      code: 'unreachable',
      hint: 'Check that this port is an SSH server, and that the server is not overloaded.',
    },
  );
}

export function expired(target: Target): SetupError {
  return new SetupError(`The password of ${target.user} on ${where(target)} has expired.`, {
    code: 'password-expired',
    hint: `Log in once with \`ssh ${target.user}@${target.name}\`, set a new password, and run this again.`,
  });
}

/** Both sides speak SSH but share no algorithm, or it is no SSH at all. */
export function notSpoken(target: Target, cause: unknown): SetupError {
  // Part of it may be the server's own words.
  const said = clean(cause instanceof Error ? cause.message : String(cause));
  return new SetupError(`No secure connection to ${where(target)} could be agreed on: ${said}.`, {
    code: 'handshake-failed',
    hint: 'Check that the port belongs to an SSH server, and that it is not older than about ten years.',
    cause,
  });
}

/**
 * @param tried what was offered, in words, e.g. `key ~/.ssh/id_ed25519`
 * @param offered methods that the server would still have accepted
 * @param notes why something was not tried
 */
export function loginRefused(
  target: Target,
  tried: string[],
  offered: string[],
  notes: string[],
): LoginRefused {
  const what = tried.length === 0 ? 'without key or password' : `with ${tried.join(', ')}`;
  const accepts =
    offered.length === 0
      ? ''
      : ` The server accepts: ${offered.map((method) => clean(spoken(method))).join(', ')}.`;
  const skipped = notes.length === 0 ? '' : ` ${notes.join(' ')}`;
  return new LoginRefused(
    `${where(target)} refused the login of ${target.user} ${what}.${accepts}${skipped}`,
    hintFor(target, offered, tried),
    offered,
  );
}

function hintFor({ user }: Target, offered: string[], tried: string[]): string {
  const check =
    user === 'root'
      ? `Many providers let no root in: check which user yours gives you, such as ${USUAL_USERS} (setting login.user)`
      : 'Check the user';
  const password = offered.includes('password') || offered.includes('keyboard-interactive');
  if (password && tried.includes('password')) return `${check}, and the password.`;
  if (password)
    return `${check}, name the right key (setting login.key), or give the password: in BROKER_SETUP_LOGIN_PASSWORD, or run in a terminal to be asked.`;
  if (offered.includes('publickey'))
    return `${check}, and name the key that the server knows (setting login.key): it accepts no password.`;
  return `${check}, the key and the password.`;
}

/** RFC 4252's names of the methods, as people say them. */
function spoken(method: string): string {
  if (method === 'publickey') return 'a key';
  if (method === 'password') return 'a password';
  if (method === 'keyboard-interactive') return 'a password asked for by the server';
  return method;
}

/** The code of an error of the system, such as ECONNREFUSED; of several addresses the first one's. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return undefined;
}
