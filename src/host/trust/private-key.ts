import { stat } from 'node:fs/promises';
import { SetupError } from '../../errors.js';
import { MOST, readUserFile } from '../../user-file.js';
import { local } from '../local.js';
import { fieldAt } from './wire.js';

const MAGIC = Buffer.from('openssh-key-v1\0');

/**
 * Pure. The public half that a private key of OpenSSH's own format holds unprotected, as base64 (OpenSSH, PROTOCOL.key);
 * undefined for any other format.
 */
export function publicHalf(text: string): string | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  const bytes = Buffer.from(body ?? '', 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  // The cipher, how its key is derived from the passphrase, and with what.
  for (let skipped = 0; skipped < 3; skipped += 1) {
    const field = fieldAt(bytes, at);
    if (field === undefined) return undefined;
    at += 4 + field.length;
  }
  const NUMBER_OF_KEYS = 4;
  return fieldAt(bytes, at + NUMBER_OF_KEYS)?.toString('base64');
}

/**
 * The public half of a private key in PEM or PKCS#8, as base64, as ssh-keygen(1) derives it; undefined where that takes a passphrase. Whether
 * FILE.pub belongs to such a key is shown by the login with it alone.
 */
async function derived(file: string, text: string): Promise<string | undefined> {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return undefined;
  const ran = await local('ssh-keygen', ['-y', '-P', '', '-f', file]).catch(() => undefined);
  return ran?.code === 0 ? ran.stdout.trim().split(' ')[1] : undefined;
}

/** Why ssh(1) does not use a private key, for people: others may read it (OpenSSH, authfile.c); undefined where it would. */
export async function readByOthers(file: string): Promise<string | undefined> {
  const seen = await stat(file).catch(() => undefined);
  if (!seen?.isFile() || seen.uid !== process.getuid?.() || (seen.mode & 0o077) === 0) return undefined;
  return `Others on this computer may read the key ${file} (mode ${(seen.mode & 0o777).toString(8).padStart(4, '0')}), so ssh refuses to use it.`;
}

/**
 * Looks whether ssh(1) will use a private key, before its public half is let in anywhere.
 * @param base64 the public half as it stands in FILE.pub
 * @throws SetupError `key-mode`: others may read it, and ssh refuses it (OpenSSH, authfile.c); `key-mismatch`: it is the half of another key
 */
export async function checkPrivateKey(file: string, base64: string): Promise<void> {
  // A key in an agent, or in hardware, may have its public half here alone.
  const why = await readByOthers(file);
  if (why !== undefined) {
    throw new SetupError(why, {
      code: 'key-mode',
      hint: `Make it yours alone: chmod 600 ${file}. If it could really be read by others, make a new one instead.`,
    });
  }
  const text = (await readUserFile(file, MOST.key).catch(() => undefined))?.toString('latin1') ?? '';
  const own = publicHalf(text) ?? (await derived(file, text));
  if (own === undefined || own === base64) return;
  throw new SetupError(`${file}.pub is not the public half of the key ${file}, but of another one.`, {
    code: 'key-mismatch',
    hint: `Make the right one: ssh-keygen -y -f ${file} > ${file}.pub. Then run the same command again.`,
  });
}
