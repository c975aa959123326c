import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import { Cancelled, ConnectionLost, SetupError } from '../../errors.js';
import type { Secret } from '../../sh.js';
import type { Job, Result } from '../host.js';
import { bootstrap, type Marks, payload } from './bootstrap.js';
import type { Channel, Ended, RunCommand } from './channel.js';
import { LIMITS, receive } from './stream.js';
import { asksForOtherUser, type NotStarted, wantsNewPassword } from './sudo.js';
import { watchdog } from './watchdog.js';

/**
 * Longest silence before our shell runs, in milliseconds: sudo may prompt for something that this program cannot answer. PAM modules
 * that query a directory (LDAP) respond or time out within half a minute.
 */
const SILENCE_MS = 60_000;

/** How to become root: undefined password = `sudo -n`; proven = our shell has run in this way before. */
export interface Root {
  password: Secret | undefined;
  /** sudo wants a terminal, and is given one. */
  terminal: boolean;
  proven: boolean;
  /** sudo takes more than the password's line from its input, so nothing else may be sent before our shell runs. */
  readsAhead: boolean;
}

/** What the exec needs of the connection. */
export interface Link {
  run: RunCommand;
  name: string;
  user: string;
  /** Rejects when the connection breaks; never resolves. */
  lost: Promise<never>;
  /** Overrides SILENCE_MS. */
  silenceMs?: number;
}

const mark = (): string => randomBytes(8).toString('hex');

/**
 * One exec channel: bootstrap, script, output.
 * @param started called once our root shell runs
 * @returns the script's result, or why our shell never started
 * @throws ConnectionLost, Cancelled
 */
export async function exec(
  link: Link,
  job: Job,
  root: Root,
  started: () => void = () => undefined,
): Promise<Result | NotStarted> {
  if (job.signal?.aborted === true) throw new Cancelled();
  const marks: Marks = { started: mark(), noSudo: mark(), prompt: mark() };
  const stdin = new PassThrough();
  let channel: Channel | undefined;

  const send = (): void => {
    if (!stdin.writableEnded) stdin.end(payload(marks, job.script.run));
  };
  let leave = (): void => undefined;
  const left = new Promise<Ended>((resolve) => {
    leave = () => resolve({ code: null, signal: null });
  });
  let flood: SetupError | undefined;
  const hangUp = (): void => {
    channel?.cut();
    // The server may close its end late, or never.
    leave();
  };
  const onFlood = (what: 'noise' | 'output'): void => {
    flood ??= flooded(link, what);
    hangUp();
  };
  let silent = false;
  const silence = watchdog(link.silenceMs ?? SILENCE_MS, () => {
    silent = true;
    hangUp();
  });
  const { onLine } = job;
  const stdout = receive(marks.started, {
    onLine,
    onFlood,
    onNoise: (recent) => {
      // A user that may only be told to be another one is kept waiting for ten seconds; the text is enough.
      if (asksForOtherUser(recent.toString('utf8')) !== undefined) hangUp();
    },
  });
  let asked: number | undefined;
  let wrong = false;
  const stderr = receive(marks.started, {
    onLine,
    onFlood,
    onNoise: (recent, from) => {
      if (wantsNewPassword(recent.toString('utf8'))) hangUp();
      const at = recent.indexOf(marks.prompt);
      if (at < 0) return;
      // sudo-rs puts the prompt into words of its own; 0.2.5 was seen to read ahead.
      if (recent.includes(`[sudo: ${marks.prompt}`)) root.readsAhead = true;
      asked ??= from + at;
      if (from + recent.lastIndexOf(marks.prompt) === asked || wrong) return;
      // A second prompt means that the password was wrong; the end of its input makes sudo give up without another try.
      wrong = true;
      // sudo-rs would take that end for an empty password, twice, and locks count it (pam_faillock(8)). A signal ends it; ssh(1) passes none on.
      if (root.readsAhead) hangUp();
      else if (!stdin.writableEnded) stdin.end();
    },
  });

  if (root.password !== undefined) stdin.write(`${root.password.reveal()}\n`);
  if (root.password === undefined || (root.proven && !root.readsAhead)) send();

  const running = link.run(
    bootstrap(marks, root.password === undefined ? 'without-password' : 'with-password', root.terminal),
    stdin,
    {
      onChannel: (opened) => {
        channel = opened;
        if (job.signal?.aborted === true) opened.cut();
      },
      onStdout: (chunk) => {
        stdout.push(chunk);
        if (!stdout.started()) {
          silence.go();
          return;
        }
        silence.pause();
        root.proven = true;
        send();
        started();
      },
      onStderr: (chunk) => {
        stderr.push(chunk);
        if (!stdout.started()) silence.go();
      },
    },
  );
  // Nobody waits for it any more once we have left.
  running.catch(() => undefined);

  const cancel = onAbort(job.signal, () => channel);
  try {
    const ended = await Promise.race([running, left, link.lost, cancel.aborted]);
    if (flood !== undefined) throw flood;
    if (stdout.started())
      return { code: exitCode(link, ended), stdout: stdout.output(), stderr: stderr.output() };
    const noise = stdout.noise();
    const said = stderr.noise();
    const known = wrong || silent || wantsNewPassword(said) || asksForOtherUser(noise + said) !== undefined;
    if (!known) exitCode(link, ended);
    return {
      host: link.name,
      user: link.user,
      code: ended.code ?? -1,
      stdout: noise,
      stderr: said.replaceAll(marks.prompt, ''),
      noSudo: noise.includes(`${marks.noSudo}\n`),
      prompted: said.includes(marks.prompt),
      withPassword: root.password !== undefined,
      countedAgain: wrong && root.readsAhead && channel?.signals !== true,
      inTerminal: root.terminal,
      silent,
    };
  } finally {
    silence.pause();
    cancel.forget();
    if (!stdin.writableEnded) stdin.end();
  }
}

/** "No code, no signal" is where the link broke; a signal counts as in a shell: 128 and its number. */
function exitCode(link: Link, ended: { code: number | null; signal: string | null }): number {
  if (ended.code !== null) return ended.code;
  if (ended.signal === null) throw new ConnectionLost(link.name);
  const numbers: Partial<Record<string, number>> = constants.signals;
  return 128 + (numbers[ended.signal] ?? 0);
}

function flooded({ name, user }: Link, what: 'noise' | 'output'): SetupError {
  const size = `${LIMITS[what] / 1_000_000} MB`;
  return what === 'noise'
    ? new SetupError(
        `The login shell of ${user} on ${name} prints without end: more than ${size} came before anything was run.`,
        {
          code: 'too-much-output',
          hint: `Look at ~/.bashrc and ~/.profile of ${user} and at /etc/profile.d on the server for what prints there; or log in as another user.`,
        },
      )
    : new SetupError(`${name} answers without end: more than ${size} came, and the rest was not taken.`, {
        code: 'too-much-output',
        hint: 'A program on the server prints too much, or is not what it seems. Run the same command again; with --verbose it shows what is asked.',
      });
}

/** Cuts the channel when the signal fires, without waiting for the server to agree. */
function onAbort(
  signal: AbortSignal | undefined,
  channel: () => Channel | undefined,
): { aborted: Promise<never>; forget(): void } {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      channel()?.cut();
      reject(new Cancelled());
    };
  });
  // Nobody may be waiting any more when it fires.
  aborted.catch(() => undefined);
  if (signal?.aborted === true) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return { aborted, forget: () => signal?.removeEventListener('abort', stop) };
}
