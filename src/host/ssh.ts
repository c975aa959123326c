import { deferred } from '../deferred.js';
import type { SetupError } from '../errors.js';
import type { Secret } from '../sh.js';
import { type Connection, type LoginOptions, login } from './connection.js';
import { exec, type Root } from './exec.js';
import { unreachable } from './failures.js';
import type { Credentials, Host, Job, Result, Target } from './host.js';
import type { HostKey, HostKeyPolicy } from './host-key.js';
import type { AskPassphrase } from './offers.js';
import { type Pace, takeTurn } from './pace.js';
import { type Patience, patiently } from './patience.js';
import { explain, passwordMayHelp } from './sudo.js';
import { dial } from './tcp.js';

export interface ConnectOptions {
  hostKey: HostKeyPolicy;
  signal?: AbortSignal;
  /** For sudo, where the login is not root: known already, or asked for only once sudo wants it. */
  sudoPassword?: Secret | (() => Promise<Secret | undefined>);
  /** Of an encrypted key, asked for only when its turn comes. */
  passphrase?: AskPassphrase;
  /** For each stage: TCP, then key exchange and login. Default 20 s. */
  timeoutMs?: number;
  /** Whether what may pass by itself is tried again, and for how long; default: not at all. */
  patience?: Patience;
  /** Our connections to this server so far; a server that counts them is not asked for too many. */
  pace?: Pace;
  /** Asks first what the server would accept, one round trip, and offers nothing that it would not. */
  askFirst?: boolean;
}

/** A Host over SSH, which also knows the key that the server showed and that was accepted. */
export interface SshHost extends Host {
  readonly hostKey: HostKey;
  readonly target: Target;
  /** What the server would have accepted (RFC 4252 section 5.1); empty where it was not asked first. */
  readonly accepts: readonly string[];
}

const TIMEOUT_MS = 20_000;
const LEAST_MS = 5000;

/**
 * Connects, through the target's jump hosts, and logs in. Each hop's host key is verified.
 * @throws SetupError `unreachable`, `connection-closed`, `handshake-failed`, `host-key-*`; LoginRefused; Cancelled
 */
export function connect(target: Target, credentials: Credentials, options: ConnectOptions): Promise<SshHost> {
  const { patience, hostKey, signal } = options;
  if (!patience) return connectOnce(target, credentials, options);
  const known = async () => (await hostKey.known(target)).length > 0;
  return patiently(() => connectOnce(target, credentials, options), patience, known, signal);
}

async function connectOnce(
  target: Target,
  credentials: Credentials,
  options: ConnectOptions,
): Promise<SshHost> {
  const rules: LoginOptions = {
    hostKey: options.hostKey,
    signal: options.signal,
    passphrase: options.passphrase,
    timeoutMs: timeLeft(options),
    askFirst: options.askFirst,
  };
  const hops: Connection[] = [];
  const leave = async (): Promise<void> => {
    for (const hop of [...hops].reverse()) await hop.close();
  };
  try {
    let address = target.hostname;
    for (const hop of [...target.jumps, target]) {
      const last = hop === target;
      const through = hops.at(-1);
      const lookUp = options.hostKey.known(hop);
      // Awaited only after the connection, which may fail first.
      lookUp.catch(() => undefined);
      if (last && options.pace)
        await takeTurn(options.pace, options.patience?.say ?? (() => undefined), options.signal);
      const stream =
        through === undefined
          ? await dial(hop, rules.timeoutMs, options.signal)
          : await forward(through, hop, rules.timeoutMs);
      if (last && 'remoteAddress' in stream) address = stream.remoteAddress ?? address;
      const { expected: _, ...jumpPolicy } = rules.hostKey;
      hops.push(
        await login(
          hop,
          stream,
          await lookUp,
          last ? credentials : ownCredentials(hop),
          last ? rules : { ...rules, hostKey: jumpPolicy, askFirst: false },
        ),
      );
    }
    const connection = hops.at(-1) as Connection;
    return host(target, address, connection, options.sudoPassword, leave);
  } catch (error) {
    await leave();
    throw error;
  }
}

/** No stage may last much longer than its time, or a guard on the server would run out meanwhile. */
function timeLeft({ timeoutMs = TIMEOUT_MS, patience }: ConnectOptions): number {
  const left = patience?.until === undefined ? timeoutMs : patience.until - performance.now();
  return Math.min(timeoutMs, Math.max(left, LEAST_MS));
}

/** A jump host is opened with what ssh(1) would use by itself. */
function ownCredentials(jump: Target): Credentials {
  return { keys: jump.identityFiles.map((file) => ({ file })), agent: true };
}

async function forward(through: Connection, to: Target, timeoutMs: number) {
  try {
    return await through.ssh.forwardOut('127.0.0.1', 0, to.hostname, to.port);
  } catch (error) {
    throw unreachable(to, error, timeoutMs);
  }
}

function host(
  target: Target,
  address: string,
  connection: Connection,
  sudoPassword: ConnectOptions['sudoPassword'],
  leave: () => Promise<void>,
): SshHost {
  const link = { ssh: connection.ssh, name: target.name, user: target.user, lost: connection.lost };
  const isRoot = target.user === 'root';
  const root: Root = {
    password: isRoot || typeof sudoPassword === 'function' ? undefined : sudoPassword,
    proven: false,
  };
  let refusal: SetupError | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** Asks for the password at most once in a connection, and hands a wrong one to sudo at most once. */
  const firstTry = async (job: Job, started: () => void): Promise<Result> => {
    if (refusal !== undefined) throw refusal;
    let outcome = await exec(link, job, root, started);
    if ('prompted' in outcome && passwordMayHelp(outcome) && typeof sudoPassword === 'function') {
      root.password = await sudoPassword();
      if (root.password !== undefined) outcome = await exec(link, job, root, started);
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
