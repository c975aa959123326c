import { deferred } from '../../deferred.js';
import { Cancelled, SetupError } from '../../errors.js';
import type { Credentials, Host, Job, Result, Target } from '../host.js';
import type { HostKey } from '../trust/host-key.js';
import { HUNG_UP } from './cut-off.js';
import { exec, type Root } from './exec.js';
import { openQuestions } from './open-questions.js';
import { patiently } from './patience.js';
import type { ConnectOptions, Reached } from './reach.js';
import { sessionsOf } from './sessions.js';
import { explain, passwordMayHelp, terminalMayHelp } from './sudo.js';

/** A Host over SSH, which also knows the key that the server showed and that was accepted. */
export interface SshHost extends Host {
  readonly hostKey: HostKey;
  readonly target: Target;
  /** What the server would have accepted (RFC 4252 section 5.1); empty where it was not asked first. */
  readonly accepts: readonly string[];
}

/**
 * Connects, through the target's jump hosts, and logs in. Each hop's host key is verified.
 * @throws SetupError `unreachable`, `connection-closed`, `handshake-failed`, `host-key-*`; LoginRefused; Cancelled
 */
export function connect(target: Target, credentials: Credentials, options: ConnectOptions): Promise<SshHost> {
  const { patience, hostKey, signal } = options;
  if (!patience) return connectAnswered(target, credentials, options);
  const known = async () => (await hostKey.known(target)).length > 0;
  return patiently(() => connectAnswered(target, credentials, options), patience, known, signal);
}

/**
 * One attempt, and at once a second one where the server closed the connection after a question to a person: sshd waits for a login only
 * so long (sshd_config(5), LoginGraceTime). The caller remembers the answers, so that the second attempt asks nothing again. Fails only
 * once no question is open, or the error would be printed over the question.
 */
async function connectAnswered(
  target: Target,
  credentials: Credentials,
  given: ConnectOptions,
): Promise<SshHost> {
  const { options, allAnswered, answered } = openQuestions(given);
  for (let again = true; ; again = false) {
    try {
      return await connectOnce(target, credentials, options);
    } catch (error) {
      if (!(error instanceof SetupError) || error instanceof Cancelled) throw error;
      await allAnswered();
      const closed = error.code === 'connection-closed' || error.code === HUNG_UP;
      if (!again || !closed || !answered()) throw error;
    }
  }
}

async function connectOnce(
  target: Target,
  credentials: Credentials,
  options: ConnectOptions,
): Promise<SshHost> {
  const { reach } =
    target.transport === 'openssh' ? await import('./system-ssh/reach.js') : await import('./node-ssh.js');
  const reached = await reach(target, credentials, options);
  try {
    await options.hostKey.met?.(target, reached.connection.hostKey);
  } catch (error) {
    await reached.leave();
    throw error;
  }
  return host(target, reached, options);
}

function host(
  target: Target,
  { address, connection, leave }: Reached,
  { sudoPassword, signal }: ConnectOptions,
): SshHost {
  const link = { run: connection.run, name: target.name, user: target.user, lost: connection.lost };
  const isRoot = target.user === 'root';
  const root: Root = {
    password: isRoot || typeof sudoPassword === 'function' ? undefined : sudoPassword,
    terminal: false,
    proven: false,
    readsAhead: false,
  };
  const sessions = sessionsOf();
  const begin = (given: Job, started: () => void) => {
    // The login is in progress until our first shell runs.
    const job = root.proven || signal === undefined ? given : { signal, ...given };
    return sessions(() => exec(link, job, root, started), job.signal);
  };
  let refusal: SetupError | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** Asks for the password at most once in a connection, and hands a wrong one to sudo at most once. */
  const firstTry = async (job: Job, started: () => void): Promise<Result> => {
    if (refusal !== undefined) throw refusal;
    let outcome = await begin(job, started);
    if ('prompted' in outcome && terminalMayHelp(outcome)) {
      root.terminal = true;
      outcome = await begin(job, started);
    }
    if ('prompted' in outcome && passwordMayHelp(outcome) && typeof sudoPassword === 'function') {
      root.password = await sudoPassword();
      if (root.password !== undefined) outcome = await begin(job, started);
    }
    if ('prompted' in outcome) {
      refusal = explain(outcome);
      throw refusal;
    }
    return outcome;
  };

  return {
    name: target.name,
    address,
    user: target.user,
    hostKey: connection.hostKey,
    accepts: connection.accepts,
    target,
    run(job) {
      const started = deferred<void>();
      if (root.proven) return firstTry(job, started.resolve);
      const turn = queue.then(() => firstTry(job, started.resolve));
      queue = Promise.race([turn, started.promise]).catch(() => undefined);
      return turn;
    },
    close: leave,
  };
}
