import { userInfo } from 'node:os';
import { brokerFor } from '../brokers/index.js';
import type { LaptopHands } from '../engine/apply.js';
import { firstLook, type Look } from '../engine/look.js';
import type { Asking, Context, Laptop, LoginOutcome, Outside, Secrets } from '../engine/step.js';
import { LoginRefused } from '../errors.js';
import { pointsAt } from '../host/dns.js';
import type { HostKeyPolicy } from '../host/host-key.js';
import type { Credentials, Target } from '../host/host.js';
import { addHostEntry, generateKey, hostEntry as hasEntry, knownKeys, publicKey, rememberKeys, resolve } from '../host/openssh.js';
import { connect, type SshHost } from '../host/ssh.js';
import { login as tryLogin } from '../proofs/login.js';
import { readCaBundle } from '../settings/ca-bundle.js';
import type { Settings } from '../settings/schema.js';
import { generatePassword, keyPassphrase, loginPassword, sudoPassword } from '../settings/secrets.js';
import type { Secret } from '../sh.js';
import { steps } from '../steps/index.js';

export interface SessionOptions {
  settings: Settings;
  /** May ask questions. */
  interactive: boolean;
  /** `SHA256:...` that an unknown server must show. */
  hostKey: string | undefined;
  /** Used instead of the user's own known_hosts. */
  knownHosts: string | undefined;
  signal: AbortSignal;
  askHostKey: HostKeyPolicy['ask'];
  secrets: Secrets;
}

/** A logged-in connection, with everything that was found out over it in one round trip. */
export interface Session {
  host: SshHost;
  context: Context;
  looks: Look[];
  outside: Outside;
  hands: LaptopHands;
  /** Looks anew at this computer. */
  refresh(context: Context): Promise<Context>;
  /** Opens another connection, as the limited user. */
  reconnect(): Promise<SshHost>;
  close(): Promise<void>;
}

/**
 * Secrets of this run; passwords that nobody gave are generated and shown at the end if they were used.
 * @param choosing the person is there and choosing: new passwords are asked for before they are generated
 */
export async function makeSecrets({ user, key }: Settings, choosing: boolean): Promise<Secrets> {
  const isNewKey = (await publicKey(key.file)) === undefined;
  const withPassword = user.sudo === 'with-password';
  const chosen = withPassword ? await sudoPassword({ interactive: choosing, user: user.name, isNew: true }) : undefined;
  return {
    devicePassword: generatePassword(),
    sudoPassword: chosen ?? (withPassword ? generatePassword() : undefined),
    keyPassphrase: await keyPassphrase({ interactive: choosing && isNewKey, file: key.file, isNew: isNewKey }),
  };
}

/** @throws SetupError of every way in which a server can be out of reach, refuse the login or be unsupported */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { settings } = options;
  const passphrase = askedOnce((file) => keyPassphrase({ interactive: options.interactive, file, isNew: false }));
  const [first, caBundle] = await Promise.all([firstTarget(settings, options.knownHosts), caBundleOf(settings)]);
  const limited = limitedTarget(first, settings);
  const policy: HostKeyPolicy = {
    ...(options.hostKey === undefined ? {} : { expected: options.hostKey }),
    known: knownKeys,
    ...(options.askHostKey ? { ask: options.askHostKey } : {}),
  };
  const [laptop, entered] = await Promise.all([
    lookAtLaptop(settings, caBundle),
    enter(first, limited, policy, passphrase, options),
  ]);
  const { host } = entered;
  const unlocked = entered.limited ? await passphrase.known(settings.key.file) : undefined;
  const secrets = unlocked ? { ...options.secrets, keyPassphrase: unlocked } : options.secrets;
  try {
    const broker = brokerFor(settings);
    const asking: Asking = { settings, broker, laptop, secrets, packages: [], now: new Date() };
    const packages = [...new Set(steps.flatMap((step) => step.packages(asking)))];
    const { context, looks } = await firstLook(host, steps, { ...asking, packages });
    await rememberKeys(limited, hostKeysOf(host, context));
    const keyLogin = { user: settings.user.name, credentials: keyCredentials(settings, secrets), ...sudoOf(secrets) };
    // From now on every connection must meet the machine that was accepted.
    const accepted: HostKeyPolicy = { known: async () => hostKeysOf(host, context) };
    const outside: Outside = {
      context,
      address: first.jumps.length > 0 ? settings.domain : host.address,
      login: (as): Promise<LoginOutcome> => tryLogin(limited, as, accepted),
      keyLogin,
      firstLogin: entered.credentials && { user: first.user, credentials: entered.credentials },
      devicePassword: undefined,
      facts: looks.flatMap((found) => found.facts),
    };
    return {
      host,
      context,
      looks,
      outside,
      hands: laptopHands(limited, secrets),
      refresh: async (now) => ({ ...now, laptop: await lookAtLaptop(settings, caBundle) }),
      reconnect: () => connect(limited, keyLogin.credentials, { hostKey: accepted, ...sudoOf(secrets) }),
      close: () => host.close(),
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

const sudoOf = ({ sudoPassword }: Secrets) => (sudoPassword ? { sudoPassword } : {});

function keyCredentials(settings: Settings, { keyPassphrase: passphrase }: Secrets): Credentials {
  return { keys: [{ file: settings.key.file, ...(passphrase ? { passphrase } : {}) }], agent: true };
}

/** The first login as ssh(1) would make it; root where neither settings nor ~/.ssh/config name a user. */
async function firstTarget({ server, login }: Settings, knownHosts: string | undefined): Promise<Target> {
  const target = await resolve(server, login);
  const named = login.user !== undefined || target.user !== userInfo().username;
  return {
    ...target,
    user: named ? target.user : 'root',
    knownHostsFiles: knownHosts === undefined ? target.knownHostsFiles : [knownHosts],
  };
}

function limitedTarget(first: Target, { user, key }: Settings): Target {
  return { ...first, user: user.name, identityFiles: [key.file], identitiesOnly: true };
}

async function caBundleOf({ certificate }: Settings): Promise<string | undefined> {
  return certificate.ca_bundle === undefined ? undefined : readCaBundle(certificate.ca_bundle);
}

async function lookAtLaptop({ key, domain, certificate }: Settings, caBundle: string | undefined): Promise<Laptop> {
  const [publicLine, hostEntry, dns] = await Promise.all([
    publicKey(key.file),
    key.alias === undefined ? undefined : hasEntry(key.alias),
    pointsAt(domain, certificate.resolver),
  ]);
  return { publicKey: publicLine, hostEntry, dns, caBundle };
}

/** Logs in as the limited user where there is a key for that, else with the first login; asks for a password last. */
async function enter(
  first: Target,
  limited: Target,
  policy: HostKeyPolicy,
  passphrase: AskedOnce,
  options: SessionOptions,
): Promise<{ host: SshHost; limited: boolean; credentials: Credentials | undefined }> {
  const { settings, secrets, signal } = options;
  const sudo = async () => secrets.sudoPassword ?? (await sudoPassword({ interactive: options.interactive, user: limited.user }));
  const rules = { hostKey: policy, signal, sudoPassword: sudo, passphrase: passphrase.ask };
  if ((await publicKey(settings.key.file)) !== undefined) {
    try {
      const host = await connect(limited, keyCredentials(settings, secrets), rules);
      return { host, limited: true, credentials: undefined };
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
    }
  }
  const own: Credentials = { keys: first.identityFiles.map((file) => ({ file })), agent: true };
  const given = await loginPassword({ interactive: false });
  try {
    const credentials = given ? { ...own, password: given } : own;
    return { host: await connect(first, credentials, rules), limited: false, credentials };
  } catch (error) {
    if (!(error instanceof LoginRefused) || given !== undefined || !options.interactive) throw error;
    const password = await loginPassword({ interactive: true, user: first.user, host: first.name });
    if (password === undefined) throw error;
    const credentials = { ...own, password };
    return { host: await connect(first, credentials, rules), limited: false, credentials };
  }
}

interface AskedOnce {
  ask(file: string): Promise<Secret | undefined>;
  /** What was answered for this file; undefined where nobody had to ask. */
  known(file: string): Promise<Secret | undefined>;
}

/** Several connections need the same key; its passphrase is asked for once. */
function askedOnce(question: (file: string) => Promise<Secret | undefined>): AskedOnce {
  const answers = new Map<string, Promise<Secret | undefined>>();
  return {
    ask: (file) => {
      const answer = answers.get(file) ?? question(file);
      answers.set(file, answer);
      return answer;
    },
    known: async (file) => answers.get(file),
  };
}

/** Types of host key that stay after hardening; remembered now, while the server is known to be the right one. */
function hostKeysOf(host: SshHost, { server }: Context) {
  const lines = server.hostKeys.map((line) => line.split(' '));
  const own = lines.map(([type = '', base64 = '']) => ({ type, base64 }));
  return [host.hostKey, ...own.filter((key) => key.base64 !== host.hostKey.base64)].map(({ type, base64 }) => ({ type, base64 }));
}

function laptopHands(limited: Target, { keyPassphrase: passphrase }: Secrets): LaptopHands {
  return {
    generateKey: ({ file, type, comment }) => generateKey({ file, type, comment, ...(passphrase ? { passphrase } : {}) }),
    addHostEntry: ({ alias, user, key }) =>
      addHostEntry({ alias, hostname: limited.hostname, port: limited.port, user, identityFile: key }),
  };
}
