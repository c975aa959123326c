import { access, constants, readdir, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { SetupError } from '../errors.js';

/** What the questions are built from, found out on this computer and from DNS; nothing here fails. */
export interface Surroundings {
  /** Who logs in there according to ~/.ssh/config; undefined where it says nothing. */
  sshUser(server: string): Promise<string | undefined>;
  /** One sentence: where the domain points now. */
  dns(domain: string, resolver: string | undefined): Promise<string>;
  /** The user's own keys: private files with their .pub beside them. */
  ownKeys(): Promise<string[]>;
  exists(file: string): Promise<boolean>;
  /** Why ssh could not use this private key, or why none could be made there; undefined where it could. */
  whyNoKey(file: string): Promise<string | undefined>;
}

export const surroundings: Surroundings = {
  async sshUser(server) {
    try {
      const { resolve } = await import('../host/resolve.js');
      const { user } = await resolve(server);
      // ssh -G gives the name of this computer's user where the configuration has none.
      return user === userInfo().username ? undefined : user;
    } catch {
      return undefined;
    }
  },

  async dns(domain, resolver) {
    const { pointsAt } = await import('../host/network/dns.js');
    return inWords(domain, await pointsAt(domain, resolver));
  },

  async ownKeys() {
    const directory = join(homedir(), '.ssh');
    const names = await readdir(directory).catch((): string[] => []);
    const there = new Set(names);
    const keys = names.filter((name) => name.endsWith('.pub')).map((name) => name.slice(0, -'.pub'.length));
    return keys.filter((name) => there.has(name)).map((name) => join(directory, name));
  },

  exists: (file) =>
    access(file).then(
      () => true,
      () => false,
    ),

  async whyNoKey(file) {
    try {
      const { publicKey } = await import('../host/trust/key-files.js');
      return (await publicKey(file)) === undefined ? await whyNoFile(file) : undefined;
    } catch (error) {
      return error instanceof SetupError
        ? `key.file: ${error.message} ${error.hint ?? ''}`.trim()
        : String(error);
    }
  },
};

/** Why no file could be made there, together with the folders that it lacks. */
async function whyNoFile(file: string): Promise<string | undefined> {
  const folder = dirname(file);
  const seen = await stat(folder).catch(() => undefined);
  if (seen === undefined) return folder === file ? undefined : whyNoFile(folder);
  if (!seen.isDirectory()) return `key.file: no key can be made there: ${folder} is not a folder.`;
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    () => `key.file: no key can be made there: you may not write in ${folder}.`,
  );
}

/** Pure. */
export function inWords(domain: string, found: { a: string[]; aaaa: string[] } | { error: string }): string {
  if ('error' in found)
    return `DNS could not be asked about ${domain}. It is looked at again before anything changes.`;
  const addresses = [...found.a, ...found.aaaa];
  if (addresses.length === 0)
    return `${domain} has no address in DNS yet. Set it at your provider before the run.`;
  return `${domain} points at ${addresses.join(', ')} now.`;
}
