import { DISTRIBUTION, EVERYWHERE } from '../../server-path.js';

/**
 * How a script gets from a login shell nobody knows to a clean root shell.
 *
 * The script itself travels on stdin, where no process list shows it. Only the fixed text below is a command; its
 * words hold neither a single quote nor a backslash nor a newline nor `!`, so that sh, bash, zsh, fish and csh all
 * read them alike.
 */

/** How root is reached where the login is not root: `sudo -n` as long as no password is known, else `sudo -S`. */
export type Way = 'without-password' | 'with-password';

/** Brings the inner shell through script(1), which takes its command as one word. */
const CARRIER = 'BROKER_SETUP_SHELL';

/** Random words of one job, 16 hexadecimal digits each: what only our own shells know to say. */
export interface Marks {
  /** Our root shell runs: first line of its stdout and of its stderr. */
  started: string;
  /** The server has no sudo. */
  noSudo: string;
  /** Written by sudo each time it asks for a password. */
  prompt: string;
}

/** Variables with which the owner makes programs load other libraries, as /etc/environment sets them for every login. */
const LIBRARIES = 'LD_LIBRARY_PATH LD_PRELOAD OPENSSL_CONF PYTHONPATH PYTHONHOME PERL5LIB';

/**
 * The command for one exec channel. The inner shell says on both streams that it runs, skips its input up to the
 * mark (where sudo needed no password, the password's line is still there), and takes the rest as its script.
 * SSH_CONNECTION is handed on as an argument: sudo would take it away (sudoers(5), env_reset).
 * @param terminal sudo gets one from script(1): where sudoers(5) has `requiretty`, it wants to open /dev/tty and no more. So all
 * three streams pass by; what goes through a terminal comes out with other line ends, and with both outputs in one
 */
export function bootstrap(marks: Marks, way: Way, terminal = false): string {
  const sudo = way === 'with-password' ? `sudo -S -p ${marks.prompt}` : 'sudo -n';
  const become = terminal
    ? `${CARRIER}=$1; SHELL=/bin/sh; export ${CARRIER} SHELL; exec 3<&0 4>&1 5>&2; exec script -qec "$2" /dev/null </dev/null >/dev/null 2>&1`
    : `exec ${sudo} sh -c "$1" sh "$SSH_CONNECTION"`;
  const outer =
    `LC_ALL=C; PATH=${EVERYWHERE}; export LC_ALL PATH; ` +
    'if [ "$(id -u)" = 0 ]; then exec sh -c "$1" sh "$SSH_CONNECTION"; fi; ' +
    `if command -v sudo >/dev/null; then ${become}; fi; ` +
    `echo ${marks.noSudo}`;
  const inner =
    `LC_ALL=C; PATH=${DISTRIBUTION}; HOME=/root; SSH_CONNECTION=$1; export LC_ALL PATH HOME SSH_CONNECTION; shift; unset ${LIBRARIES}; ` +
    `echo ${marks.started}; echo ${marks.started} >&2; ` +
    `while IFS= read -r line; do [ "$line" = ${marks.started} ] && break; done; unset line; ` +
    'eval "{ exec </dev/null; $(cat)"';
  const inTerminal = `exec ${sudo} sh -c "$${CARRIER}" sh "$SSH_CONNECTION" <&3 >&4 2>&5`;
  return `sh -c '${outer}' sh '${inner}'${terminal ? ` '${inTerminal}'` : ''}`;
}

/**
 * The mark and the script, as the inner shell expects them. The closing brace ends the group that the inner shell
 * opened: a script cut short by a broken link is a syntax error as a whole, and no part of it runs.
 */
export function payload(marks: Marks, script: string): string {
  return `${marks.started}\n${script}\n}\n`;
}

/**
 * Cuts a stream at the mark: what came before it is noise of the login shell.
 * The mark counts only as the end of a line, because an echo of the command itself holds it as well.
 */
export function afterMark(stream: Buffer, mark: string): { noise: Buffer; output: Buffer } | undefined {
  const line = `${mark}\n`;
  const at = stream.indexOf(line);
  if (at < 0) return undefined;
  return { noise: stream.subarray(0, at), output: stream.subarray(at + line.length) };
}
