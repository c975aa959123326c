import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Algorithms, Client, ServerHostKeyAlgorithm } from 'ssh2';
import { Cancelled, ConnectionLost, SetupError } from '../../errors.js';
import { clean } from '../../sanitize.js';
import { closedEarly, expired, loginRefused, notSpoken, silent } from '../failures.js';
import type { Credentials, Target } from '../host.js';
import {
  declined,
  type HostKey,
  type HostKeyPolicy,
  hostKey,
  judge,
  type KnownKey,
  knownFirst,
  unknown,
} from '../trust/host-key.js';
import { revokedByFile } from '../trust/revoked.js';
import { authenticate, type Progress } from './authentication.js';
import { isBanner } from './banner.js';
import { overSsh2, type RunCommand } from './channel.js';
import { COMPRESSION } from './compression.js';
import { cutOff } from './cut-off.js';
import { type AskPassphrase, prepareOffers } from './offers.js';
import { watchdog } from './watchdog.js';

/** One logged-in connection. */
export interface Connection {
  run: RunCommand;
  hostKey: HostKey;
  /** What the server would have accepted, where it was asked first. */
  accepts: readonly string[];
  /** Rejects when the connection breaks, is handled already; never resolves. */
  lost: Promise<never>;
  /** Says goodbye and waits for the other side, but not for long. */
  close(): Promise<void>;
}

/** One of this program's own SSH, to the server or to a jump host. */
export interface NodeConnection extends Connection {
  ssh: NodeSSH;
}

export interface LoginOptions {
  hostKey: HostKeyPolicy;
  signal?: AbortSignal | undefined;
  passphrase?: AskPassphrase | undefined;
  askFirst?: boolean | undefined;
  /** For the TCP connection, and again for key exchange and login; stands still while a person is asked. */
  timeoutMs: number;
}

/** A dead link is noticed after the fourth tick at the latest: 28 s. */
const KEEPALIVE_MS = 7000;
const GOODBYE_MS = 500;

/** What runs natively in node:crypto comes first; the rest is what ssh2 offers by itself. */
const CIPHERS: NonNullable<Algorithms['cipher']> = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

export const hostKeyOrder = (known: readonly KnownKey[]): ServerHostKeyAlgorithm[] =>
  knownFirst(HOST_KEYS, known);

/**
 * Logs in over an open byte stream. The only place that knows what node-ssh and ssh2 do by themselves: accept any host
 * key, hang on odd questions, forget their error listener once connected, end a broken link without an error.
 * @throws SetupError (host key, handshake, connection-closed), LoginRefused, Cancelled
 */
export async function login(
  target: Target,
  stream: Duplex,
  known: readonly KnownKey[],
  credentials: Credentials,
  options: LoginOptions,
): Promise<NodeConnection> {
  const { offers, notes } = await prepareOffers(target, credentials, options.passphrase, options.askFirst);
  const ssh = new NodeSSH();
  let refusal: SetupError | undefined;
  let shown: HostKey | undefined;
  let words = '';
  const stop = (why: SetupError): void => {
    refusal ??= why;
    stream.destroy();
  };
  const clock = watchdog(options.timeoutMs, () => stop(silent(target, options.timeoutMs)));
  const authentication = authenticate(
    offers,
    credentials.password,
    (asking) => (asking ? clock.pause() : clock.go()),
    () => stop(refusedLogin(target, authentication.progress, notes)),
  );

  const verify = async (raw: Buffer): Promise<boolean> => {
    shown = hostKey(raw);
    const revoked = await revokedByFile(target, shown);
    const verdict = revoked ?? judge(target, shown, [...known], options.hostKey.expected);
    if (verdict instanceof SetupError) refusal = verdict;
    else if (verdict === 'ask' && options.hostKey.ask === undefined) refusal = unknown(target, shown);
    else if (verdict === 'ask') {
      clock.pause();
      const accepted = await options.hostKey.ask?.({
        host: target.name,
        type: shown.type,
        fingerprint: shown.fingerprint,
      });
      clock.go();
      if (accepted !== true) refusal = declined(target);
    }
    return refusal === undefined;
  };

  /** Resolves once the host key was judged, perhaps by a person. */
  let judged: Promise<void> | undefined;
  let closed = false;
  // ssh2 dismantles its side at either of them.
  for (const event of ['end', 'close'])
    stream.once(event, () => {
      closed = true;
    });
  const cancel = (): void => stop(new Cancelled());
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (options.signal?.aborted === true) throw new Cancelled();
    if (stream.destroyed) throw closedEarly(target);
    const connecting = ssh.connect({
      sock: stream,
      username: target.user,
      algorithms: { cipher: CIPHERS, compress: COMPRESSION, serverHostKey: hostKeyOrder(known) },
      authHandler: (accepted, partial, go) => {
        // What was said before a refusal was a greeting.
        words = '';
        authentication.handler(accepted, partial, go);
      },
      hostVerifier: (raw: Buffer, done: (accept: boolean) => void) => {
        judged = verify(raw)
          .catch((error: unknown) => {
            refusal ??= error instanceof SetupError ? error : declined(target);
            return false;
          })
          .then((accepted) => {
            // ssh2 crashes on an answer that comes after the end of the connection.
            if (!closed) done(accepted);
          });
      },
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
      readyTimeout: 0,
    });
    const watched = watch(ssh.connection as Client, target);
    (ssh.connection as Client).on('change password', () => stop(expired(target)));
    (ssh.connection as Client).on('banner', (said) => {
      words = isBanner(said) ? '' : said;
    });
    await connecting;
    if (shown === undefined) throw notSpoken(target, 'no host key');
    return {
      ssh,
      run: overSsh2(ssh, target.name),
      hostKey: shown,
      accepts: authentication.progress.offered,
      ...watched,
    };
  } catch (error) {
    stream.destroy();
    // The server may close the connection while a person is asked; the answer still counts.
    if (!(refusal instanceof Cancelled)) await judged;
    throw (
      refusal ??
      (error instanceof SetupError ? error : classify(target, error, authentication.progress, notes, words))
    );
  } finally {
    clock.pause();
    options.signal?.removeEventListener('abort', cancel);
  }
}

/** Keeps a listener for errors on the connection for good: an idle one that breaks would end the process. */
function watch(client: Client, target: Target): Pick<Connection, 'lost' | 'close'> {
  let last: unknown;
  client.on('error', (error) => {
    last = error;
  });
  const closed = new Promise<void>((resolve) => {
    client.once('close', () => resolve());
  });
  const lost = closed.then(() => Promise.reject(new ConnectionLost(target.name, last)));
  lost.catch(() => undefined);
  const close = async (): Promise<void> => {
    client.end();
    const timer = setTimeout(() => client.destroy(), GOODBYE_MS);
    await closed;
    clearTimeout(timer);
  };
  return { lost, close };
}

/** ssh2 marks its errors with a level; a number as code is the reason of a server's disconnect (RFC 4253 section 11.1). */
function classify(
  target: Target,
  error: unknown,
  progress: Progress,
  notes: string[],
  words: string,
): SetupError {
  const { level, code } = error as { level?: unknown; code?: unknown };
  if (level === 'client-authentication') return refusedLogin(target, progress, notes);
  if (level === 'agent') return refusedLogin(target, progress, [...notes, 'The SSH agent did not sign.']);
  if (typeof code === 'number' && progress.tried.length > 0) {
    return refusedLogin(target, progress, [...notes, 'The server hung up after too many tries.']);
  }
  if (level === 'handshake') return notSpoken(target, error);
  return progress.tried.length > 0 ? cutOff(target, words, error) : closedEarly(target, error);
}

function refusedLogin(target: Target, progress: Progress, notes: string[]): SetupError {
  const asked =
    progress.asked === undefined
      ? []
      : [`It asked: "${clean(progress.asked.slice(0, 100))}", which only a person can answer.`];
  return loginRefused(target, progress.tried, progress.offered, [...notes, ...asked]);
}
