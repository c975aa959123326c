import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../../errors.js';
import { MOST, readUserFile, UnfitFile } from '../../user-file.js';
import { codeOf } from '../failures.js';
import type { Target } from '../host.js';
import { local } from '../local.js';
import { expand } from '../ssh-g.js';
import type { HostKey } from './host-key.js';

/** How a list in the binary form begins: PROTOCOL.krl of OpenSSH. */
const KRL = 'SSHKRL\n\0';

/**
 * What RevokedHostKeys of ssh_config(5) says about the key that a host has shown: an error where it is revoked, or where the file cannot be read, as
 * ssh trusts no host then.
 */
export async function revokedByFile(target: Target, shown: HostKey): Promise<SetupError | undefined> {
  const named = target.sshOptions.find(([keyword]) => keyword === 'revokedhostkeys')?.[1];
  if (named === undefined) return undefined;
  const file = expand(named.replace(/^"(.*)"$/, '$1'), { directory: homedir() });
  try {
    const content = await readUserFile(file, MOST.ssh);
    const isKrl = content.subarray(0, KRL.length).toString('latin1') === KRL;
    const isRevoked = isKrl ? await isInKrl(file, shown) : isListed(content.toString('utf8'), shown);
    return isRevoked ? revoked(target, shown, file) : undefined;
  } catch (error) {
    return unreadable(target, file, error);
  }
}

/** Lines as in a .pub file: ssh-keygen(1), “KEY REVOCATION LISTS”. */
const isListed = (text: string, { base64 }: HostKey): boolean =>
  text.split(/\r?\n/).some((line) => !/^\s*#/.test(line) && line.split(/\s+/).includes(base64));

async function isInKrl(file: string, { type, base64 }: HostKey): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'broker-setup-'));
  try {
    const key = join(folder, 'key.pub');
    await writeFile(key, `${type} ${base64}\n`);
    const { code, stdout, stderr } = await local('ssh-keygen', ['-Q', '-f', file, key]);
    if (code === 0) return false;
    if (code === 1 && /: REVOKED\s*$/.test(stdout)) return true;
    throw new Error(stderr.trim() || stdout.trim());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function revoked({ name }: Target, { fingerprint }: HostKey, file: string): SetupError {
  return new SetupError(
    `The host key of ${name} (${fingerprint}) is revoked: it is in ${file}, which RevokedHostKeys of your SSH configuration names.`,
    {
      code: 'host-key-revoked',
      hint: 'Do not use this server before its owner has explained why. Nothing was sent to it.',
    },
  );
}

function unreadable({ name }: Target, file: string, error: unknown): SetupError {
  const why = error instanceof UnfitFile ? error.message : (codeOf(error) ?? (error as Error).message);
  return new SetupError(
    `The host key of ${name} could not be checked: ${file}, which RevokedHostKeys of your SSH configuration names, could not be read (${why}).`,
    {
      code: 'host-key-revoked',
      hint: 'ssh trusts no server while that file cannot be read. Correct the file, or the line RevokedHostKeys in your SSH configuration.',
      cause: error,
    },
  );
}
