import type { LaptopHands } from '../engine/apply.js';
import { firstLook, type Look } from '../engine/look.js';
import type { Asking, Context, Laptop, Login, Outside, Secrets, Step } from '../engine/step.js';
import { SetupError, UsageError } from '../errors.js';
import type { Target } from '../host/host.js';
import { foundAt } from '../host/network/addresses.js';
import { leftBehind, newPace } from '../host/ssh/pace.js';
import { connect, type SshHost } from '../host/ssh/ssh.js';
import type { AskedTransport } from '../host/ssh/transport.js';
import type { HostKey, HostKeyPolicy } from '../host/trust/host-key.js';
import { publicKey } from '../host/trust/key-files.js';
import { knownKeysOnce, rememberKeys } from '../host/trust/known-hosts.js';
import { withOutstanding } from '../run-log/outstanding.js';
import { parseRuns, type RunsSeen, runsProbe } from '../run-log/seen.js';
import { readCaBundle } from '../settings/ca-bundle.js';
import { isAddress, readPackage } from '../settings/package-file.js';
import type { Settings } from '../settings/schema.js';
import { devicePassword, generatePassword, keyPassphrase, sudoPassword } from '../settings/secrets.js';
import type { Secret } from '../sh.js';
import { say } from '../terminal/screen.js';
import { enter, firstTarget, type Typed } from './enter.js';
import { refuseHeld, type Settling, type Sighted, settle } from './finish-interrupted-run.js';
import type { CommonFlags } from './flags.js';
import { hostKeyPolicy } from './host-key-policy.js';
import { laptopHands, lookAtLaptop } from './laptop.js';
import { memory } from './memory.js';
import { eyes, insideOf, type WayIn } from './outside.js';
import { askHostKey, interactive } from './questions.js';
import { orWithOpenssh, withTransport } from './transport.js';

export interface SessionOptions {
  settings: Settings;
  /** May ask questions. */
  interactive: boolean;
  /** `SHA256:...` that an unknown server must show. */
  hostKey: string | undefined;
  /** Used instead of the user's own known_hosts. */
  knownHosts: string | undefined;
  transport: AskedTransport;
  signal: AbortSignal;
  askHostKey: HostKeyPolicy['ask'];
  /** Given where the session may change the server: what a run that was cut off has left is brought to an end first. */
  settling?: Settling;
  secrets: Secrets;
  /** Asks for secrets that a person may choose, once the server was entered and nobody else is at work there. */
  choose?: (() => Promise<Secrets>) | undefined;
  /** What a person has typed to log in before; see Entrance. */
  typed?: Typed;
  /** Loads what is looked at, while the connection is made; default: the steps of a set-up. */
  parts?(): Promise<readonly Step[]>;
  /** Called once somebody is in and the look inside has begun: what is looked at from outside need not wait for it. */
  meanwhile?(outside: Outside, host: SshHost, parts: readonly Step[]): void;
  /** Whether the server is asked first what it accepts; see ConnectOptions. */
  askFirst?: boolean;
}

/** When this computer connected last to a server that counts connections, in milliseconds since 1970. */
const connections = memory<{ version: 1; begun: number[] }>('connections');

type HostKeys = { type: string; base64: string }[];

/** The part of the options that the command line decides. */
export function sessionFlags({
  hostKey,
  knownHosts,
  transport = 'auto',
}: CommonFlags): Pick<SessionOptions, 'interactive' | 'hostKey' | 'knownHosts' | 'transport' | 'askHostKey'> {
  if (hostKey !== undefined && !/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(hostKey)) {
    throw new UsageError(
      `--host-key is ${JSON.stringify(hostKey)}, but must be SHA256: and 43 characters, as ssh-keygen -l prints it.`,
    );
  }
  const asks = interactive();
  return { interactive: asks, hostKey, knownHosts, transport, askHostKey: asks ? askHostKey : undefined };
}

/** A logged-in connection, with everything that was found out over it in one round trip. */
export interface Session {
  host: SshHost;
  context: Context;
  looks: Look[];
  /** What the server tells of runs of this program. */
  runs: RunsSeen;
  outside: Outside;
  hands: LaptopHands;
  /** Looks anew at this computer. */
  refresh(context: Context): Promise<Context>;
  /** Opens another connection, as the limited user. */
  reconnect(): Promise<SshHost>;
  /** Opens another connection by some other login. */
  connectAs(login: Login): Promise<SshHost>;
  close(): Promise<void>;
}

/** Secrets of this run; passwords that nobody gave are generated and shown at the end if they were used. */
export async function makeSecrets({ user, key }: Settings): Promise<Secrets> {
  const device = devicePassword();
  const isNewKey =
    (await publicKey(key.file).catch((error: unknown) => {
      throw error instanceof SetupError ? error.adding('The setting key.file names it.') : error;
    })) === undefined;
  const withPassword = user.sudo === 'with-password';
  const chosen = withPassword
    ? await sudoPassword({ interactive: false, user: user.name, isNew: true })
    : undefined;
  return {
    devicePassword: device ?? generatePassword(),
    ...(device ? { deviceGiven: true } : {}),
    dashboardPassword: generatePassword(),
    nodeCookie: generatePassword(),
    sudoPassword: chosen ?? (withPassword ? generatePassword() : undefined),
    sudoPasswordMade: withPassword && chosen === undefined,
    keyPassphrase: await keyPassphrase({ interactive: false, file: key.file, isNew: isNewKey }),
  };
}

/**
 * What a person chooses where it is new, with a key that is not there yet, instead of what was generated.
 * @returns undefined where there is nothing to choose
 */
export async function choosable(
  { user, key }: Settings,
  secrets: Secrets,
): Promise<(() => Promise<Secrets>) | undefined> {
  if ((await publicKey(key.file)) !== undefined) return undefined;
  const asksSudo = user.sudo === 'with-password' && secrets.sudoPasswordMade;
  const asksKey = secrets.keyPassphrase === undefined;
  if (!asksSudo && !asksKey) return undefined;
  return async () => {
    const sudo = asksSudo
      ? await sudoPassword({ interactive: true, user: user.name, isNew: true })
      : undefined;
    const phrase = asksKey
      ? await keyPassphrase({ interactive: true, file: key.file, isNew: true })
      : undefined;
    return {
      ...secrets,
      ...(sudo ? { sudoPassword: sudo, sudoPasswordMade: false } : {}),
      ...(phrase ? { keyPassphrase: phrase } : {}),
    };
  };
}

/** @throws SetupError of every way in which a server can be out of reach, refuse the login or be unsupported */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { settings } = options;
  const [target, given, before] = await Promise.all([
    firstTarget(settings, options.knownHosts),
    filesOf(settings),
    connections.recall(settings),
  ]);
  const known = knownKeysOnce();
  const policy = hostKeyPolicy(options, known);
  const pace = newPace(before?.begun);
  let looked = false;
  let chosen = options.secrets;
  const rules = { transport: options.transport, say };
  const load = () => Promise.all([import('./pipeline.js'), options.parts?.()]);
  const enterBy = (first: Target) =>
    enter({
      ...options,
      first,
      hostKey: policy,
      pace,
      say,
      // What it imports stays imported.
      dialling: () => void load(),
      // sudo that asks for the first time after the first look does so because this run made it ask.
      newSudoPassword: () => (looked ? chosen.sudoPassword : undefined),
    });
  const [laptop, entered] = await Promise.all([
    lookAtLaptop(settings, given),
    withTransport(target, settings.key.file, known, rules).then((first) =>
      orWithOpenssh(first, rules, enterBy),
    ),
  ]);
  const { host, first, limited } = entered;
  try {
    if (options.choose) {
      await refuseLocked(host, options.settling);
      chosen = await options.choose();
    }
    const secrets = { ...chosen, keyPassphrase: entered.keyPassphrase ?? chosen.keyPassphrase };
    const [{ askingOf, steps }, parts = steps] = await load();
    const asking = askingOf(settings, laptop, secrets);
    const looking = lookAfterOthers(host, asking, parts, options);
    const keep = keeper(limited, known);
    const wayIn = (hostKeys: HostKeys, sudoPassword?: Secret): WayIn => ({
      first,
      limited,
      entered,
      // From now on every connection must meet the machine that was accepted.
      accepted: {
        known: (hop) => (isJump(hop, first) ? known(hop) : Promise.resolve(hostKeys)),
        met: (hop, shown) => keep(hop, shown),
      },
      sudoPassword,
      pace,
      say,
    });
    const addresses = foundAt(first.jumps.length > 0 ? settings.domain : host.address, laptop.dns);
    const inside = looking.then(({ looks, context }) => insideOf(looks, context, addresses));
    // Whoever waits for it sees the failure; if nobody does, it is no failure of its own.
    inside.catch(() => undefined);
    options.meanwhile?.(eyes(wayIn([host.hostKey]), asking, inside), host, parts);
    const { context, looks, runs } = await looking;
    looked = true;
    pace.counted =
      looks.find(({ inventory }) => inventory.sshLimited !== undefined)?.inventory.sshLimited ?? pace.counted;
    const hostKeys = hostKeysOf(host, context);
    await keep(limited, host.hostKey);
    const way = wayIn(hostKeys, (await entered.sudoPassword()) ?? secrets.sudoPassword);
    const outside = eyes(way, context, inside);
    const { keyLogin } = outside;
    const connectAs = ({ user, credentials, sudoPassword }: Login) =>
      connect({ ...limited, user }, credentials, {
        hostKey: way.accepted,
        pace,
        ...(sudoPassword ? { sudoPassword } : {}),
      });
    return {
      host,
      context,
      looks,
      runs,
      outside,
      hands: laptopHands(limited, secrets),
      refresh: async (now) => ({ ...now, laptop: await lookAtLaptop(settings, given) }),
      reconnect: () => connectAs(keyLogin),
      connectAs,
      close: async () => {
        await host.close();
        if (pace.counted)
          await connections.remember(settings, { version: 1, begun: leftBehind(pace, Date.now()) });
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** Nobody is to choose passwords for a run that may not begin. @throws SetupError `locked` */
async function refuseLocked(host: SshHost, settling: Settling | undefined): Promise<void> {
  if (!settling) return;
  const { code, stdout } = await host.run({ script: runsProbe });
  refuseHeld(parseRuns({ code, stdout }), settling);
}

/** Where the session may change the server, what an earlier run has left is brought to an end before anything is judged. */
async function lookAfterOthers(
  host: SshHost,
  asking: Asking,
  parts: readonly Step[],
  { settling, signal }: Pick<SessionOptions, 'settling' | 'signal'>,
): Promise<Sighted> {
  const again = async (): Promise<Sighted> => {
    // Whoever waits for somebody else's change looks later: the server's clock is compared with this one.
    const now = { ...asking, now: new Date() };
    const seen = await firstLook(host, parts, now, new Map([['runs', runsProbe]]));
    const runs = parseRuns(seen.answered.get('runs') ?? { code: 1, stdout: '' });
    return { ...seen, runs, looks: withOutstanding(seen.looks, runs.unproved, seen.context) };
  };
  const first = await again();
  return settling ? settle(host, first, again, settling, signal) : first;
}

/** Jump hosts are machines of their own, with keys of their own. */
function isJump(hop: Target, { jumps }: Target): boolean {
  return jumps.includes(hop);
}

/** The files that the settings name on this computer. @throws UsageError for each that is not what it should be */
export async function filesOf({
  certificate,
  broker,
}: Settings): Promise<Pick<Laptop, 'caBundle' | 'brokerPackage'>> {
  const file = broker.kind === 'emqx' ? broker.package : undefined;
  const [caBundle, brokerPackage] = await Promise.all([
    certificate.ca_bundle === undefined ? undefined : readCaBundle(certificate.ca_bundle),
    file === undefined || isAddress(file) || broker.kind !== 'emqx'
      ? undefined
      : readPackage(file, broker.sha256),
  ]);
  return { caBundle, brokerPackage };
}

/**
 * Keeps a key of the server in known_hosts, once the server has proved in a key exchange that it has it: a file of the server may name any key.
 */
function keeper(limited: Target, known: HostKeyPolicy['known']) {
  let kept: Set<string> | undefined;
  return async ({ hostname }: Target, shown: HostKey): Promise<void> => {
    if (hostname !== limited.hostname) return;
    kept ??= new Set((await known(limited)).map((key) => key.base64));
    if (kept.has(shown.base64)) return;
    kept.add(shown.base64);
    await rememberKeys(limited, [shown]);
  };
}

/**
 * The host keys that a further connection may meet: the one that was accepted, and those that this very server names as its own. Hardening leaves only
 * one type, so that a later connection may show another than the first.
 */
function hostKeysOf(host: SshHost, { server }: Context): HostKeys {
  const { type, base64 } = host.hostKey;
  const own = server.hostKeys
    .map((line) => line.split(' '))
    .map(([kind = '', key = '']) => ({ type: kind, base64: key }));
  return [{ type, base64 }, ...own.filter((key) => key.base64 !== base64)];
}
