import { chmod, mkdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetupError } from '../../errors.js';
import type { Secret } from '../../sh.js';
import { MOST, readUserFile, UnfitFile } from '../../user-file.js';
import { local } from '../local.js';
import { checkPrivateKey } from './private-key.js';
import { fieldAt } from './wire.js';

export interface NewKey {
  file: string;
  type: 'ed25519' | 'rsa';
  comment: string;
  passphrase?: Secret | undefined;
}

const RSA_BITS = 4096;

/**
 * Makes a new key pair, FILE and FILE.pub, in OpenSSH's format; never touches a file that exists.
 *
 * Without a passphrase ssh-keygen makes it. With one it is made in memory by ssh2: ssh-keygen takes a passphrase only
 * from its command line, which every process can read, or from a terminal or an askpass program, and it silently
 * leaves the key unprotected where that program fails (as scripts do on Windows). This way no unprotected key is ever
 * on the disk.
 * @throws SetupError `key-exists`, `key-not-made`
 */
export async function generateKey(key: NewKey): Promise<void> {
  for (const file of [key.file, `${key.file}.pub`]) {
    if (await exists(file)) {
      throw new SetupError(`There is a file ${file} already; it is left as it is.`, {
        code: 'key-exists',
        hint: 'Name another file for the new key, or use the existing key.',
      });
    }
  }
  await mkdir(dirname(key.file), { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw notMade(key.file, error.message);
  });
  if (key.passphrase === undefined) await withSshKeygen(key);
  else await inMemory(key, key.passphrase);
}

async function withSshKeygen({ file, type, comment }: NewKey): Promise<void> {
  const bits = type === 'rsa' ? ['-b', String(RSA_BITS)] : [];
  const { code, stderr } = await local('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...bits,
    '-N',
    '',
    '-C',
    comment,
    '-f',
    file,
  ]);
  if (code !== 0) throw notMade(file, stderr.trim());
}

async function inMemory({ file, type, comment }: NewKey, passphrase: Secret): Promise<void> {
  const pair = await soundPair(type, {
    comment,
    cipher: 'aes256-ctr',
    passphrase: passphrase.reveal(),
    rounds: 16,
  });
  if (pair === undefined) throw notMade(file, 'the new key could not be read back');
  try {
    await writeFile(file, withNewline(pair.private), { mode: 0o600, flag: 'wx' });
    await chmod(file, 0o600);
    await writeFile(`${file}.pub`, withNewline(pair.public), { mode: 0o644, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await unlink(file).catch(() => undefined);
    throw notMade(file, (error as Error).message);
  }
}

/** About one ed25519 key in 200 that ssh2 1.17 makes is malformed, and no program can read it: each is read back before it is used. */
async function soundPair(
  type: NewKey['type'],
  protection: { comment: string; cipher: string; passphrase: string; rounds: number },
) {
  const { default: ssh2 } = await import('ssh2');
  for (let attempt = 0; attempt < 5; attempt++) {
    const pair =
      type === 'rsa'
        ? ssh2.utils.generateKeyPairSync('rsa', { ...protection, bits: RSA_BITS })
        : ssh2.utils.generateKeyPairSync('ed25519', protection);
    const parsed = ssh2.utils.parseKey(pair.private, protection.passphrase);
    if (
      !(parsed instanceof Error) &&
      parsed.getPublicSSH().equals(Buffer.from(pair.public.split(' ')[1] ?? '', 'base64'))
    )
      return pair;
  }
  return undefined;
}

/**
 * The public half of the key in FILE, as one line for authorized_keys.
 * @returns undefined when there is neither FILE nor FILE.pub
 * @throws SetupError `not-a-key`; `key-mode`, `key-mismatch` where ssh would not use the pair
 */
export async function publicKey(file: string): Promise<string | undefined> {
  const kept = await readIfThere(`${file}.pub`);
  if (kept !== undefined) {
    const line =
      kept
        .split(/\r?\n/)
        .find((text) => text.trim() !== '')
        ?.trim() ?? '';
    const why = whyNoPublicKey(line);
    if (why !== undefined) throw notAKey(`${file}.pub`, why);
    await checkPrivateKey(file, line.split(' ')[1] ?? '');
    return line;
  }
  if (!(await exists(file))) return undefined;
  // Checked before ssh-keygen runs, which would block on a pipe.
  await readIfThere(file);
  const { code, stdout, stderr } = await local('ssh-keygen', ['-y', '-P', '', '-f', file]);
  if (code === 0 && stdout.trim() !== '') return stdout.trim();
  throw notAKey(file, stderr.trim().split(/\r?\n/).at(-1) ?? 'ssh-keygen cannot read it');
}

/** undefined where there is none that can be read. @throws SetupError `not-a-key` for what is no regular file, or too long for a key */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readUserFile(file, MOST.key)).toString('utf8');
  } catch (error) {
    if (error instanceof UnfitFile) throw notAKey(file, error.message);
    return undefined;
  }
}

/** Pure. What is wrong with a line that should be a public key; undefined where nothing is. */
function whyNoPublicKey(line: string): string | undefined {
  if (line.includes('PRIVATE KEY')) return 'it holds a private key, where the public one belongs';
  const [, type = '', text = ''] =
    /^((?:ssh|ecdsa|sk)-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,3})(?: |$)/.exec(line) ?? [];
  if (type === '') return 'it does not hold a public key';
  return isWhole(Buffer.from(text, 'base64'), type)
    ? undefined
    : 'the key in it is cut off: it must stand on one line, without a break';
}

/** Whether all fields are there, each with its length before it, the type first: RFC 4253 section 6.6 and RFC 4251 section 5. */
function isWhole(blob: Buffer, type: string): boolean {
  let at = 0;
  let fields = 0;
  for (let field = fieldAt(blob); field !== undefined; field = fieldAt(blob, at)) {
    if (fields === 0 && field.toString('latin1') !== type) return false;
    at += 4 + field.length;
    fields++;
  }
  return at === blob.length && fields >= 2;
}

function notMade(file: string, why: string): SetupError {
  return new SetupError(`No key could be made in ${file}: ${why}.`, {
    code: 'key-not-made',
    hint: 'Check that the folder can be written to, or name another file.',
  });
}

function notAKey(file: string, why: string): SetupError {
  return new SetupError(`${file} cannot be used as a key: ${why}.`, {
    code: 'not-a-key',
    hint: 'Name a private key of OpenSSH, without .pub. If it is protected by a passphrase, its .pub file must stand beside it: `ssh-keygen -y -f FILE > FILE.pub`.',
  });
}

const withNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
