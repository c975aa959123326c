import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import type { Secret } from '../../sh.js';
import { MOST, readUserFile, UnfitFile } from '../../user-file.js';
import type { Credentials, Target } from '../host.js';
import { type Agent, type AgentKey, agentSocket, openAgent } from '../trust/agent.js';
import { readByOthers } from '../trust/private-key.js';

/** One thing that may open the door. */
export interface Offer {
  method: 'publickey' | 'password' | 'keyboard-interactive' | 'none';
  /** As it stands in a sentence after "with". */
  label: string;
  /** What ssh2 is to try; undefined = nothing after all, e.g. because the passphrase was not given. Asked for only when its turn comes. */
  open(): Promise<AnyAuthMethod | undefined>;
}

export interface Offers {
  offers: Offer[];
  /** Why something is not among them; one sentence each. */
  notes: string[];
}

export type AskPassphrase = (file: string) => Promise<Secret | undefined>;

/** Servers hang up after MaxAuthTries attempts, six by default (sshd_config(5)); one is kept for the password. */
export const MOST_KEYS = 5;

/**
 * What is to be offered, in order: the chosen keys, the agent's, the password. Reads key files and asks the agent; asks no person.
 * @param askFirst begins with nothing, which servers count as no failure (OpenSSH, auth2.c): they name what they would accept
 */
export async function prepareOffers(
  target: Target,
  credentials: Credentials,
  passphrase: AskPassphrase | undefined,
  askFirst = false,
): Promise<Offers> {
  const [agent, files] = await Promise.all([
    credentials.agent ? openAgent(agentSocket(target, process.env, process.platform)) : undefined,
    Promise.all(credentials.keys.map((key) => readKey(key.file, key.passphrase))),
  ]);
  const notes: string[] = [];
  const keys: Offer[] = [];
  const used = new Set<AgentKey>();
  for (const found of files) {
    if (found.kind === 'missing') continue;
    if (found.kind === 'unusable') {
      notes.push(found.note);
      continue;
    }
    const twin = agent?.keys.find((key) => found.publicKey !== undefined && key.blob.equals(found.publicKey));
    if (twin !== undefined) used.add(twin);
    if (found.kind === 'encrypted' && agent !== undefined && twin !== undefined)
      keys.push(fromAgent(target, agent, twin));
    else if (found.kind === 'encrypted')
      keys.push(locked(target, found.file, found.content, passphrase, notes));
    else keys.push(fromFile(target, found.file, found.key));
  }
  if (agent !== undefined) {
    const allowed =
      target.identitiesOnly || credentials.onlyKeys ? [] : agent.keys.filter((key) => !used.has(key));
    keys.push(...allowed.map((key) => fromAgent(target, agent, key)));
  }
  if (keys.length > MOST_KEYS)
    notes.push(`${keys.length - MOST_KEYS} more keys of the agent were not tried: name the right one.`);
  const offers = [...keys.slice(0, MOST_KEYS), ...withPassword(target, credentials.password)];
  return { offers: askFirst || offers.length === 0 ? [nothing(target), ...offers] : offers, notes };
}

/** The password is offered once: as keyboard-interactive only where the server takes no plain password (RFC 4252, RFC 4256). */
function withPassword(target: Target, password: Secret | undefined): Offer[] {
  if (password === undefined) return [];
  const username = target.user;
  return [
    {
      method: 'password',
      label: 'password',
      open: () => Promise.resolve({ type: 'password', username, password: password.reveal() }),
    },
    {
      method: 'keyboard-interactive',
      label: 'password',
      // The answer itself is given by the connection, which sees the questions.
      open: () => Promise.resolve({ type: 'keyboard-interactive', username, prompt: () => undefined }),
    },
  ];
}

/** Learns what the server accepts, where there is nothing to offer. */
function nothing(target: Target): Offer {
  return { method: 'none', label: '', open: () => Promise.resolve({ type: 'none', username: target.user }) };
}

function fromAgent(target: Target, agent: Agent, key: AgentKey): Offer {
  return {
    method: 'publickey',
    label: `key ${key.comment === '' ? key.key.type : key.comment} of the SSH agent`,
    open: () => Promise.resolve({ type: 'agent', username: target.user, agent: agent.only([key]) }),
  };
}

function fromFile(target: Target, file: string, key: ParsedKey): Offer {
  return {
    method: 'publickey',
    label: `key ${file}`,
    open: () => Promise.resolve({ type: 'publickey', username: target.user, key }),
  };
}

function locked(
  target: Target,
  file: string,
  content: Buffer,
  passphrase: AskPassphrase | undefined,
  notes: string[],
): Offer {
  return {
    method: 'publickey',
    label: `key ${file}`,
    open: async () => {
      const given = await passphrase?.(file);
      const key = given === undefined ? undefined : parse(content, given);
      if (key === undefined)
        notes.push(
          `The key ${file} is protected by a passphrase that was not given (BROKER_SETUP_KEY_PASSPHRASE).`,
        );
      if (key instanceof Error) notes.push(`The passphrase of ${file} was wrong.`);
      return key === undefined || key instanceof Error
        ? undefined
        : { type: 'publickey', username: target.user, key };
    },
  };
}

export type KeyFile =
  | { kind: 'missing' }
  | { kind: 'unusable'; note: string }
  | { kind: 'key'; file: string; key: ParsedKey; publicKey: Buffer }
  | { kind: 'encrypted'; file: string; content: Buffer; publicKey: Buffer | undefined };

export async function readKey(file: string, passphrase: Secret | undefined): Promise<KeyFile> {
  let content: Buffer;
  const why = await readByOthers(file);
  if (why !== undefined) return { kind: 'unusable', note: why };
  try {
    content = await readUserFile(file, MOST.key);
  } catch (error) {
    if (error instanceof UnfitFile)
      return { kind: 'unusable', note: `The key ${file} cannot be used: ${error.message}.` };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'missing' };
    return {
      kind: 'unusable',
      note: `The key ${file} could not be read (${(error as NodeJS.ErrnoException).code}).`,
    };
  }
  const parsed = parse(content, passphrase);
  if (!(parsed instanceof Error)) {
    if (!parsed.isPrivateKey())
      return { kind: 'unusable', note: `${file} is a public key; name the private one beside it.` };
    return { kind: 'key', file, key: parsed, publicKey: parsed.getPublicSSH() };
  }
  const publicKey = await publicPart(file);
  // ssh2 has no error codes; it says "Encrypted private ... detected, but no passphrase given".
  if (passphrase === undefined && /no passphrase/i.test(parsed.message))
    return { kind: 'encrypted', file, content, publicKey };
  if (passphrase !== undefined) return { kind: 'unusable', note: `The passphrase of ${file} is wrong.` };
  return {
    kind: 'unusable',
    note: `The key ${file} has a format that this program's own SSH cannot use; a hardware key works with --transport openssh.`,
  };
}

async function publicPart(file: string): Promise<Buffer | undefined> {
  try {
    const parsed = ssh2.utils.parseKey(await readUserFile(`${file}.pub`, MOST.key));
    return parsed instanceof Error ? undefined : parsed.getPublicSSH();
  } catch {
    return undefined;
  }
}

function parse(content: Buffer, passphrase: Secret | undefined): ParsedKey | Error {
  try {
    return ssh2.utils.parseKey(content, passphrase?.reveal());
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
