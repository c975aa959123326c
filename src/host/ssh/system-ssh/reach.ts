import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLost, LoginRefused, SetupError } from '../../../errors.js';
import { notSpoken } from '../../failures.js';
import type { Credentials, Target } from '../../host.js';
import type { HostKey } from '../../trust/host-key.js';
import type { ConnectOptions, Reached } from '../reach.js';
import { timeLeft } from '../stage-timeout.js';
import { isHostKeyFailure } from './failure.js';
import { controlSocket, privateFolder } from './folder.js';
import { accept, isKnown, metKey } from './host-keys.js';
import { type Logins, type Outcome, openLogins } from './login.js';
import { overMaster } from './sessions.js';
import { type Hop, hopsTo, layDown } from './way.js';

const GOODBYE_MS = 1000;

/**
 * Reaches a server by the ssh of this computer: one ssh holds the connection (ControlMaster), each job is a session over it.
 * @throws SetupError as connect(), and `no-control-master`
 */
export async function reach(
  target: Target,
  credentials: Credentials,
  options: ConnectOptions,
): Promise<Reached> {
  if (process.platform === 'win32') throw noControlMaster();
  const timeoutMs = timeLeft(options);
  const folder = await privateFolder();
  let logins: Logins | undefined;
  let outcome: Outcome | undefined;
  const leave = async (): Promise<void> => {
    outcome?.running.stop();
    await Promise.race([
      outcome?.running.ended.catch(() => undefined),
      sleep(GOODBYE_MS, undefined, { ref: false }),
    ]);
    logins?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const hops = await hopsTo(target, credentials, options.hostKey, folder);
    logins = await openLogins(hops, folder, options, timeoutMs);
    await pinAll(hops, logins, timeoutMs);
    outcome = await logIn(hops, logins, timeoutMs);
    if (outcome.failure) throw outcome.failure;
    const { running, told } = outcome;
    const lost = running.ended.then(() => {
      const why = told.said.at(-1);
      throw new ConnectionLost(target.name, why === undefined ? undefined : new Error(why));
    });
    lost.catch(() => undefined);
    return {
      address: told.address ?? target.hostname,
      connection: {
        run: overMaster(controlSocket(folder), target.name, lost),
        hostKey: await shownBy(hops, logins, told.fingerprint),
        accepts: told.accepts,
        lost,
        close: leave,
      },
      leave,
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/**
 * One after the other: each leads to the next. Servers may count connections (fail2ban), so the server itself is asked for its key in the
 * very login that follows; a jump host beforehand.
 */
async function pinAll(hops: readonly Hop[], logins: Logins, timeoutMs: number): Promise<void> {
  for (const [index, hop] of hops.entries()) {
    const { target, policy, known } = hop;
    if (isKnown(target, policy, known)) hop.pins = { keys: known, accepted: undefined };
    else if (hop === last(hops)) hop.judge = logins.judge;
    await lay(hops, index, timeoutMs);
    if (hop.pins !== undefined || hop.judge !== undefined) continue;
    hop.pins = await accept(target, policy, known, await logins.look(hop));
    await lay(hops, index, timeoutMs);
  }
}

/** @param methods those of the last hop; a jump host is opened with keys */
function lay(
  hops: readonly Hop[],
  index: number,
  timeoutMs: number,
  methods?: readonly string[],
): Promise<void> {
  const hop = hops[index] as Hop;
  const tells = index === hops.length - 1;
  return layDown(hop, hops[index - 1], methods ?? methodsOf(hop), { timeoutMs, tells });
}

function methodsOf({ credentials, identities }: Hop): string[] {
  const keys = identities.files.length > 0 || credentials.agent ? ['publickey'] : [];
  const password = credentials.password === undefined ? [] : ['password'];
  return keys.length + password.length === 0 ? ['none'] : [...keys, ...password];
}

async function logIn(hops: readonly Hop[], logins: Logins, timeoutMs: number): Promise<Outcome> {
  const first = await logins.logIn();
  if (first.failure === undefined) return first;
  if (isHostKeyFailure(first.told)) {
    await judgeAll(hops, logins, timeoutMs);
    const again = await logins.logIn();
    if (again.failure === undefined || !isHostKeyFailure(again.told)) return again;
    throw notSpoken(last(hops).target, new Error('ssh did not accept the host key'));
  }
  const { told, failure } = first;
  const answers = last(hops).credentials.password !== undefined && failure instanceof LoginRefused;
  // A server that takes no plain password may still ask for one (RFC 4256); asked in both ways, a wrong one would count twice.
  if (answers && !told.offered.includes('password') && told.offered.includes('keyboard-interactive')) {
    await lay(hops, hops.length - 1, timeoutMs, ['keyboard-interactive']);
    return logins.logIn();
  }
  return first;
}

/** ssh says only that some key on the way was not the right one: each is looked at and judged. @throws SetupError `host-key-*` */
async function judgeAll(hops: readonly Hop[], logins: Logins, timeoutMs: number): Promise<void> {
  for (const [index, hop] of hops.entries()) {
    if (hop.pins?.accepted !== undefined) continue;
    hop.pins = await accept(hop.target, hop.policy, hop.known, await logins.look(hop));
    await lay(hops, index, timeoutMs);
  }
}

/** The key that was met. Of a certificate ssh tells only the fingerprint of the key in it, so the key itself is asked for. */
async function shownBy(
  hops: readonly Hop[],
  logins: Logins,
  fingerprint: string | undefined,
): Promise<HostKey> {
  const hop = last(hops);
  const met = hop.pins?.accepted ?? metKey(hop.known, fingerprint) ?? (await logins.look(hop));
  if (met.fingerprint === fingerprint) return met;
  throw notSpoken(hop.target, new Error('it shows another host key each time'));
}

const last = (hops: readonly Hop[]): Hop => hops.at(-1) as Hop;

function noControlMaster(): SetupError {
  return new SetupError(
    'The ssh of Windows cannot keep one connection for several commands (ControlMaster).',
    {
      code: 'no-control-master',
      hint: "Leave --transport out, or say --transport node: then this program's own SSH is used. What only OpenSSH can do works from Linux, macOS, or WSL on Windows.",
    },
  );
}
