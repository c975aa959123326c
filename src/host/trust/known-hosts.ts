import { access, appendFile, chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetupError } from '../../errors.js';
import { MOST, readUserFile, UnfitFile } from '../../user-file.js';
import { codeOf } from '../failures.js';
import type { Target } from '../host.js';
import { local } from '../local.js';
import type { HostKey, KnownKey } from './host-key.js';
import { knownHostsName } from './host-key.js';

/**
 * What known_hosts says about the target, in all of its files. ssh-keygen does the search, because it knows hashed
 * names, patterns and ports.
 * @throws SetupError `no-openssh`
 */
export async function knownKeys(target: Target): Promise<KnownKey[]> {
  const files = await Promise.all(
    target.knownHostsFiles.map(async (file) => ((await isRegular(file)) ? [file] : [])),
  );
  const found = await Promise.all(
    files.flat().map((file) => local('ssh-keygen', ['-F', knownHostsName(target), '-f', file])),
  );
  return found.flatMap(({ stdout }) => parseKnownKeys(stdout));
}

/** knownKeys for the length of one run: the same files are asked about the same name only once. */
export function knownKeysOnce(): (target: Target) => Promise<KnownKey[]> {
  const found = new Map<string, Promise<KnownKey[]>>();
  return (target) => {
    const question = [knownHostsName(target), ...target.knownHostsFiles].join('\n');
    const answer = found.get(question) ?? knownKeys(target);
    found.set(question, answer);
    return answer;
  };
}

/** Reads the lines that `ssh-keygen -F` found: `[@marker] names type base64 [comment]`, and comments. */
function parseKnownKeys(output: string): KnownKey[] {
  return output.split(/\r?\n/).flatMap((line): KnownKey[] => {
    if (line.startsWith('#')) return [];
    const words = line.split(/\s+/).filter((word) => word !== '');
    const marker = words[0]?.startsWith('@') === true ? words.shift()?.slice(1) : undefined;
    const [, type, base64] = words;
    if (type === undefined || base64 === undefined) return [];
    return [{ type, base64, ...(marker === 'revoked' || marker === 'cert-authority' ? { marker } : {}) }];
  });
}

/**
 * Adds keys to the user's known_hosts, except those that are there; makes the file (and ~/.ssh) where it is missing.
 * Does nothing where ~/.ssh/config says to keep none.
 * @throws SetupError `known-hosts` where they cannot be kept
 */
export async function rememberKeys(
  target: Target,
  keys: readonly Pick<HostKey, 'type' | 'base64'>[],
): Promise<void> {
  const [file] = target.knownHostsFiles;
  if (file === undefined || file === '/dev/null') return;
  const known = new Set((await knownKeys(target)).map((key) => key.base64));
  const fresh = keys.filter((key) => !known.has(key.base64));
  if (fresh.length === 0) return;
  const text = fresh.map((key) => `${knownHostsName(target)} ${key.type} ${key.base64}\n`).join('');
  await add(file, text).catch((error: unknown) => {
    throw new SetupError(
      `The host key of the server could not be kept in ${file}: ${error instanceof UnfitFile ? error.message : (codeOf(error) ?? String(error))}.`,
      {
        code: 'known-hosts',
        hint: 'Make room or put the rights of that file and its folder right (it must be yours to write), or name another file with --known-hosts.',
        cause: error,
      },
    );
  });
}

async function add(file: string, text: string): Promise<void> {
  if (!(await exists(file))) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600, flag: 'a' });
    await chmod(file, 0o600);
    return;
  }
  const before = (await readUserFile(file, MOST.ssh)).toString('utf8');
  await appendFile(file, before === '' || before.endsWith('\n') ? text : `\n${text}`);
}

/** A device such as /dev/null contains no keys, and reading a pipe would block. */
const isRegular = (file: string): Promise<boolean> =>
  stat(file).then(
    (seen) => seen.isFile(),
    () => false,
  );

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
