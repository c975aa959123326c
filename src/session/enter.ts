import { userInfo } from 'node:os';
import type { Login, Secrets } from '../engine/step.js';
import { LoginRefused } from '../errors.js';
import { LoginAsOtherUser } from '../host/failures.js';
import { type Credentials, ownCredentials, type Target } from '../host/host.js';
import { resolve } from '../host/resolve.js';
import type { Pace } from '../host/ssh/pace.js';
import type { ConnectOptions } from '../host/ssh/reach.js';
import { connect, type SshHost } from '../host/ssh/ssh.js';
import { publicKey } from '../host/trust/key-files.js';
import type { Settings } from '../settings/schema.js';
import { keyPassphrase, loginPassword, securityKeyPin, sudoPassword } from '../settings/secrets.js';
import { type Secret, sh } from '../sh.js';
import { symbol } from '../terminal/theme.js';
import { prose, wrap } from '../terminal/wrap.js';

/** The first login as ssh(1) would make it; root where neither settings nor ~/.ssh/config name a user. */
export async function firstTarget(
  { server, login }: Settings,
  knownHosts: string | undefined,
): Promise<Target> {
  const target = await resolve(server, login);
  const named = login.user !== undefined || target.user !== userInfo().username;
  return {
    ...target,
    user: named ? target.user : 'root',
    knownHostsFiles: knownHosts === undefined ? target.knownHostsFiles : [knownHosts],
  };
}

/** The same server, as the limited user with the key. */
function limitedTarget(first: Target, { user, key }: Settings): Target {
  return { ...first, user: user.name, identityFiles: [key.file] };
}

/** What opens the door for the limited user. */
export function keyCredentials(settings: Settings, { keyPassphrase: passphrase }: Secrets): Credentials {
  const key = { file: settings.key.file, ...(passphrase ? { passphrase } : {}) };
  return { keys: [key], agent: true, onlyKeys: true };
}

/** What a person has typed to log in, by what it opens: nobody is asked for it twice. */
export type Typed = Map<string, Secret>;

export interface Entrance {
  first: Target;
  settings: Settings;
  secrets: Secrets;
  interactive: boolean;
  hostKey: ConnectOptions['hostKey'];
  signal: AbortSignal;
  pace: Pace;
  /** Told why somebody has to wait. */
  say(text: string): void;
  /** Whether the server is asked first what it accepts; see ConnectOptions. */
  askFirst?: boolean;
  /** As ConnectOptions.dialling. */
  dialling?: () => void;
  /** Looked up before a person is asked; answers are added. */
  typed?: Typed;
  /** The limited user's password once this run may have set it. */
  newSudoPassword(): Secret | undefined;
}

export interface Entered {
  host: SshHost;
  /** The first login, with the transport by which somebody got in. */
  first: Target;
  /** The same server, as the limited user. */
  limited: Target;
  /** What opened the door where it was not the limited user's key: the proofs try it again when it must be shut. */
  firstLogin: Login | undefined;
  /** The key's passphrase, where a person was asked for it. */
  keyPassphrase: Secret | undefined;
  /** What was given to the limited user's sudo, once it has asked; undefined where it asked for nothing. */
  sudoPassword(): Promise<Secret | undefined>;
}

/**
 * Logs in as the limited user where there is a key for that, else with the first login; a password is asked for last.
 * @throws LoginRefused, and every other error of connect()
 */
export async function enter(entrance: Entrance): Promise<Entered> {
  const { settings, secrets, interactive, first } = entrance;
  const limited = limitedTarget(first, settings);
  const targets = { first, limited };
  const passphrases = askedOnce(
    remembering(entrance.typed, 'key', (file) => keyPassphrase({ interactive, file, isNew: false })),
  );
  const rules: ConnectOptions = {
    hostKey: entrance.hostKey,
    signal: entrance.signal,
    passphrase: passphrases.ask,
    ...(interactive ? { pin: securityKeyPin } : {}),
    patience: { say: (text) => entrance.say(prose(text)) },
    pace: entrance.pace,
    ...(entrance.dialling ? { dialling: entrance.dialling } : {}),
  };
  let refused: LoginRefused | undefined;
  if ((await publicKey(settings.key.file)) !== undefined) {
    try {
      const sudo = sudoOf(limited, entrance);
      const host = await connect(limited, keyCredentials(settings, secrets), {
        ...rules,
        askFirst: entrance.askFirst === true,
        sudoPassword: sudo.ask,
      });
      const passphrase = await passphrases.known(settings.key.file);
      return { ...targets, host, firstLogin: undefined, keyPassphrase: passphrase, sudoPassword: sudo.known };
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      refused = error;
    }
  }
  try {
    return { ...targets, ...(await enterFirst(first, entrance, rules)) };
  } catch (error) {
    if (refused === undefined || !(error instanceof LoginRefused)) throw error;
    // Which of the two it is cannot be told from here.
    throw new LoginRefused(
      `${refused.message} ${error.message}`,
      `If this server was set up before, “journalctl -u ssh -n 20” in the console of your provider shows why ${limited.user} is refused (a locked account, for example). If it is new: ${error.hint ?? ''}`,
      error.offered,
    );
  }
}

/** The password of this run's own making opens nothing before this run has set it; from then on it is the right one. */
function sudoOf({ user }: Target, { interactive, settings, newSudoPassword, typed }: Entrance) {
  const question = remembering(typed, 'sudo', () => sudoPassword({ interactive, user }));
  const asked = askedOnce(async () => {
    const own = user === settings.user.name ? newSudoPassword() : undefined;
    return own ?? question(user);
  });
  return { ask: () => asked.ask(user), known: () => asked.known(user) };
}

/** As ssh(1) does: NumberOfPasswordPrompts of ssh_config(5). */
const PASSWORD_TRIES = 3;

async function enterFirst(
  first: Target,
  entrance: Entrance,
  rules: ConnectOptions,
): Promise<Omit<Entered, 'first' | 'limited'>> {
  const own = ownCredentials(first);
  const given = await loginPassword({ interactive: false });
  const before = entrance.typed?.get(`login ${first.user}`);
  const attempt = async (credentials: Credentials) => {
    const sudo = sudoOf(first, entrance);
    const host = await connect(first, credentials, { ...rules, sudoPassword: sudo.ask });
    try {
      // Images of cloud providers let root's key in only to say which other user to take.
      await host.run({ script: sh`true` });
    } catch (error) {
      await host.close();
      throw error;
    }
    const asked = await sudo.known();
    const firstLogin = {
      user: first.user,
      credentials,
      ...(asked ? { sudoPassword: asked } : {}),
    };
    const forLimited = async () => (first.user === entrance.settings.user.name ? sudo.known() : undefined);
    return { host, firstLogin, keyPassphrase: undefined, sudoPassword: forLimited };
  };
  const askPassword = async (tries: number, refused: LoginRefused): ReturnType<typeof enterFirst> => {
    const password = await loginPassword({ interactive: true, user: first.user, host: first.name });
    if (password === undefined) throw refused;
    try {
      const entered = await attempt({ ...own, password });
      entrance.typed?.set(`login ${first.user}`, password);
      return entered;
    } catch (error) {
      if (!(error instanceof LoginRefused) || tries === 1 || takesNoPassword(error)) throw error;
      entrance.say(refusedPassword(first, tries - 1));
      return askPassword(tries - 1, error);
    }
  };
  try {
    const password = given ?? before;
    return await attempt(password ? { ...own, password } : own);
  } catch (error) {
    if (
      error instanceof LoginAsOtherUser &&
      error.loginUser !== undefined &&
      error.loginUser !== first.user
    ) {
      return enterFirst({ ...first, user: error.loginUser }, entrance, rules);
    }
    if (!(error instanceof LoginRefused) || given !== undefined || !entrance.interactive) throw error;
    if (takesNoPassword(error)) throw error;
    return askPassword(PASSWORD_TRIES, error);
  }
}

/** Why the same question comes again. */
function refusedPassword({ user, name }: Target, left: number): string {
  return `${symbol.bad} ${wrap(`${name} refused this password of ${user}. ${left === 1 ? 'One more try' : `${left} more tries`}.`, 2)}`;
}

/** Whether the server has said what it takes, and passwords are none of it (RFC 4252 section 5.1, RFC 4256). */
const takesNoPassword = ({ offered }: LoginRefused): boolean =>
  offered.length > 0 && !offered.some((one) => one === 'password' || one === 'keyboard-interactive');

/** A question that is not asked where its answer is known, and whose answer is kept. */
function remembering(
  typed: Typed | undefined,
  what: string,
  question: (of: string) => Promise<Secret | undefined>,
): typeof question {
  return async (of) => {
    const answer = typed?.get(`${what} ${of}`) ?? (await question(of));
    if (answer) typed?.set(`${what} ${of}`, answer);
    return answer;
  };
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
