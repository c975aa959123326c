import { randomInt } from 'node:crypto';
import { UsageError } from '../errors.js';
import { Secret } from '../sh.js';
import { isLongEnough, SHORTEST_PASSWORD } from './password.js';
import { type Prompts, terminal } from './prompts.js';

/** Where secrets may come from, besides the terminal; never a file or a flag. */
export const SECRET_VARIABLES = {
  login: 'BROKER_SETUP_LOGIN_PASSWORD',
  sudo: 'BROKER_SETUP_SUDO_PASSWORD',
  key: 'BROKER_SETUP_KEY_PASSPHRASE',
  device: 'BROKER_SETUP_DEVICE_PASSWORD',
} as const;

export interface SecretWays {
  /** Whether a person may be asked where the environment has nothing. */
  interactive: boolean;
  env?: Readonly<Record<string, string | undefined>>;
  prompts?: Pick<Prompts, 'password'> & Partial<Pick<Prompts, 'tell'>>;
}

/** Password of the first login. @returns undefined where nobody gave one */
export async function loginPassword(
  ways: SecretWays & { user?: string; host?: string },
): Promise<Secret | undefined> {
  const who =
    ways.user === undefined ? '' : ` of ${ways.user}${ways.host === undefined ? '' : ` on ${ways.host}`}`;
  return fromEnvironment(SECRET_VARIABLES.login, ways) ?? ask(ways, `Password${who}`, oneLine);
}

/**
 * The limited user's, where sudo asks for one.
 * @param isNew it is chosen now: asked twice
 * @returns undefined where nobody gave one: a new one may be generated then
 */
export async function sudoPassword(
  ways: SecretWays & { user?: string; isNew?: boolean },
): Promise<Secret | undefined> {
  const whose = ways.user === undefined ? '' : ` of ${ways.user}`;
  const given = fromEnvironment(SECRET_VARIABLES.sudo, ways, newSecret);
  if (given) return given;
  if (!ways.isNew) return ask(ways, `sudo password${whose}`, newSecret);
  return chosen(
    ways,
    `New sudo password${whose}, at least ${SHORTEST_PASSWORD} characters (empty: one is generated)`,
    (value) => {
      const line = newSecret(value);
      if (line !== true || value === '' || isLongEnough(value)) return line;
      return `It must have at least ${SHORTEST_PASSWORD} characters, or none: one is generated then.`;
    },
  );
}

/** Passphrase of the SSH key. @param isNew asked twice then, as a slip would make the key useless. @returns undefined for none */
export async function keyPassphrase(
  ways: SecretWays & { file?: string; isNew?: boolean },
): Promise<Secret | undefined> {
  const which = ways.file === undefined ? 'the SSH key' : ways.file;
  const given = fromEnvironment(SECRET_VARIABLES.key, ways);
  if (ways.isNew && given && given.reveal().length < SHORTEST) {
    throw new UsageError(
      `${SECRET_VARIABLES.key} is too short: ssh-keygen wants at least ${SHORTEST} characters.`,
    );
  }
  if (ways.isNew && given && newSecret(given.reveal()) !== true)
    throw new UsageError(`${SECRET_VARIABLES.key} is too long: at most ${LONGEST} bytes can be used.`);
  if (given) return given;
  if (!ways.isNew) return ask(ways, `Passphrase of ${which}`, oneLine);
  return chosen(ways, `Passphrase of the new key ${which} (empty for none)`, (value) => {
    const line = newSecret(value);
    return line === true ? longEnough(value) : line;
  });
}

/**
 * Password of the first device, for whom wants to have tried the one that it has. Brokers take printable ASCII everywhere.
 * @returns undefined where nobody gave one
 * @throws UsageError
 */
export function devicePassword(env?: SecretWays['env']): Secret | undefined {
  const given = fromEnvironment(SECRET_VARIABLES.device, { interactive: false, ...(env ? { env } : {}) });
  if (given && !/^[!-~]{8,200}$/.test(given.reveal()))
    throw new UsageError(
      `${SECRET_VARIABLES.device} must have 8 to 200 characters: letters, digits and signs of ASCII, no spaces.`,
    );
  return given;
}

/** PIN of a security key, which locks itself after a few wrong ones: never from the environment. @param question as ssh words it */
export function securityKeyPin(question: string): Promise<Secret | undefined> {
  return ask({ interactive: true }, question, oneLine);
}

/** A new secret, typed twice: a slip would lock out. Where the two differ, both are asked for again: the first may be the wrong one. */
async function chosen(
  ways: SecretWays,
  message: string,
  validate: (value: string) => true | string,
): Promise<Secret | undefined> {
  if (!ways.interactive) return undefined;
  const prompts = ways.prompts ?? terminal;
  const first = await prompts.password({ message, mask: '*', validate });
  if (first === '') return undefined;
  const second = await prompts.password({ message: 'The same once more', mask: '*', pending: true });
  if (second === first) return new Secret(first);
  (prompts.tell ?? terminal.tell)('  The two entries differ. Type it again, then once more.');
  return chosen(ways, message, validate);
}

/** ssh-keygen(1): a passphrase has more than four characters. */
const SHORTEST = 5;

/** PAM takes 511 bytes (PAM_MAX_RESP_SIZE), crypt(3) as many; ssh(1) reads a passphrase of 1023. */
const LONGEST = 500;

/** Without 0 O o, 1 l I i: people copy it by hand. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** 24 characters, each equally likely: 139 bits. With a letter and a digit among them, as EMQX demands (emqx_dashboard_admin.erl). */
export function generatePassword(): Secret {
  const made = Array.from({ length: 24 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return /[a-z]/i.test(made) && /\d/.test(made) ? new Secret(made) : generatePassword();
}

/** @throws UsageError where the variable holds more than one line: it would end too early on the server */
function fromEnvironment(
  name: string,
  { env = process.env }: SecretWays,
  validate: (value: string) => true | string = oneLine,
): Secret | undefined {
  const value = env[name];
  if (!value) return undefined;
  if (oneLine(value) !== true) throw new UsageError(`${name} must be one line without control characters.`);
  if (validate(value) !== true)
    throw new UsageError(`${name} is too long: at most ${LONGEST} bytes can be used.`);
  return new Secret(value);
}

async function ask(ways: SecretWays, message: string, validate: (value: string) => true | string) {
  if (!ways.interactive) return undefined;
  const value = await (ways.prompts ?? terminal).password({ message, mask: '*', validate, pending: true });
  return value === '' ? undefined : new Secret(value);
}

const oneLine = (value: string) => !/\p{Cc}/u.test(value) || 'It must not hold control characters.';

/** What is to be kept by a server or in a key must be what is typed there later, to its last character. */
const newSecret = (value: string): true | string => {
  const line = oneLine(value);
  if (line !== true) return line;
  return Buffer.byteLength(value) <= LONGEST || `It must have at most ${LONGEST} bytes.`;
};

const longEnough = (value: string) =>
  value === '' || value.length >= SHORTEST || `It must have at least ${SHORTEST} characters, or none.`;
