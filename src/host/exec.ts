import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import type { NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import { Cancelled, ConnectionLost, SetupError } from '../errors.js';
import type { Secret } from '../sh.js';
import { bootstrap, type Marks, payload } from './bootstrap.js';
import type { Job, Result } from './host.js';
import { receive } from './stream.js';
import { asksForOtherUser, type NotStarted } from './sudo.js';

/** How to become root: undefined password = `sudo -n`; proven = sudo has taken this password before. */
export interface Root {
  password: Secret | undefined;
  proven: boolean;
}

/** What the exec needs of the connection. */
export interface Link {
  ssh: NodeSSH;
  name: string;
  user: string;
  /** Rejects when the connection breaks; never resolves. */
  lost: Promise<never>;
}

const mark = (): string => randomBytes(8).toString('hex');

/**
 * One exec channel: bootstrap, script, output.
 * @returns the script's result, or why our shell never started
 * @throws ConnectionLost, Cancelled
 */
export async function exec(link: Link, job: Job, root: Root): Promise<Result | NotStarted> {
  if (job.signal?.aborted === true) throw new Cancelled();
  const marks: Marks = { started: mark(), noSudo: mark(), prompt: mark() };
  const stdin = new PassThrough();
  let channel: ClientChannel | undefined;

  const send = (): void => {
    if (!stdin.writableEnded) stdin.end(payload(marks, job.script.run));
  };
  let leave = (): void => undefined;
  const left = new Promise<{ code: null; signal: null }>((resolve) => {
    leave = () => resolve({ code: null, signal: null });
  });
  /** A user that may only be told to be another one is kept waiting for ten seconds; the text is enough. */
  const hangUp = (said: string): void => {
    if (asksForOtherUser(said) === undefined) return;
    channel?.close();
    // The server closes its end only after its own ten seconds.
    leave();
  };
  const stdout = receive(marks.started, job.onLine, hangUp);
  const stderr = receive(marks.started, job.onLine, (said) => {
    // A second prompt means that the password was wrong; the end of its input makes sudo give up without another try.
    if (said.split(marks.prompt).length > 2 && !stdin.writableEnded) stdin.end();
  });

  if (root.password !== undefined) stdin.write(`${root.password.reveal()}\n`);
  if (root.password === undefined || root.proven) send();

  const running = link.ssh
    .execCommand(bootstrap(marks, root.password === undefined ? 'without-password' : 'with-password'), {
      stdin,
      onChannel: (opened) => {
        channel = opened;
        // The server may close its end while a script is still being sent.
        opened.on('error', () => undefined);
        if (job.signal?.aborted === true) cut(opened);
      },
      onStdout: (chunk) => {
        stdout.push(chunk);
        if (stdout.started()) send();
      },
      onStderr: (chunk) => {
        stderr.push(chunk);
      },
    })
    .catch((error: unknown) => notOpened(link, error));
  // Nobody waits for it any more once we have left.
  running.catch(() => undefined);

  const cancel = onAbort(job.signal, () => channel);
  try {
    const ended = await Promise.race([running, left, link.lost, cancel.aborted]);
    if (stdout.started())
      return { code: exitCode(link, ended), stdout: stdout.output(), stderr: stderr.output() };
    const noise = stdout.noise();
    const said = stderr.noise();
    if (asksForOtherUser(noise + said) === undefined) exitCode(link, ended);
    return {
      host: link.name,
      user: link.user,
      code: ended.code ?? -1,
      stdout: noise,
      stderr: said.replaceAll(marks.prompt, ''),
      noSudo: noise.includes(`${marks.noSudo}\n`),
      prompted: said.includes(marks.prompt),
      withPassword: root.password !== undefined,
    };
  } finally {
    cancel.forget();
    // Not destroyed: node-ssh would throw inside ssh2 if the channel opened only now, and take the connection with it.
    if (!stdin.writableEnded) stdin.end();
  }
}

/** node-ssh says "no code, no signal" where the link broke; a signal counts as in a shell: 128 and its number. */
function exitCode(link: Link, ended: { code: number | null; signal: string | null }): number {
  if (ended.code !== null) return ended.code;
  if (ended.signal === null) throw new ConnectionLost(link.name);
  const numbers: Partial<Record<string, number>> = constants.signals;
  return 128 + (numbers[ended.signal] ?? 0);
}

function notOpened(link: Link, error: unknown): never {
  if (!link.ssh.isConnected()) throw new ConnectionLost(link.name, error);
  throw new SetupError(`${link.name} did not start a command.`, {
    code: 'no-shell',
    hint: 'The server may allow too few sessions on one connection (MaxSessions in sshd_config).',
    cause: error,
  });
}

function cut(channel: ClientChannel): void {
  try {
    channel.signal('TERM');
    channel.close();
  } catch {
    // The channel is gone already: that is what was wanted.
  }
}

/** Cuts the channel when the signal fires, without waiting for the server to agree. */
function onAbort(
  signal: AbortSignal | undefined,
  channel: () => ClientChannel | undefined,
): { aborted: Promise<never>; forget(): void } {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      const open = channel();
      if (open !== undefined) cut(open);
      reject(new Cancelled());
    };
  });
  // Nobody may be waiting any more when it fires.
  aborted.catch(() => undefined);
  if (signal?.aborted === true) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return { aborted, forget: () => signal?.removeEventListener('abort', stop) };
}
