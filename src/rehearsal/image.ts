import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.js';
import { run } from './run.js';
import { cacheDirectory } from './state.js';
import type { Release } from './types.js';

/** What a cloud image of Debian brings and a bare debootstrap does not; no unattended-upgrades, `init` adds it. */
export const INCLUDE = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'openssh-server',
  'sudo',
  'iproute2',
  'ca-certificates',
  'python3',
  'curl',
];

const WEEK = 7 * 24 * 3600 * 1000;

/** File name of an image: another list of packages is another image. */
export function imageName(release: Release, include: string[] = INCLUDE): string {
  const hash = createHash('sha256').update(include.join(',')).digest('hex').slice(0, 8);
  return `${release}-${hash}.tar`;
}

const isFresh = (path: string) =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < WEEK,
    () => false,
  );

/** Path of a root file system of this release as a tar, built with mmdebstrap where there is none of this week. */
export async function image(
  release: Release,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const directory = cacheDirectory();
  const path = join(directory, imageName(release));
  if (await isFresh(path)) return path;
  await mkdir(directory, { recursive: true });
  return withLock(join(directory, `${release}.lock`), signal, async () => {
    if (await isFresh(path)) return path;
    onProgress(`building an image of Debian ${release}, kept for a week (about a minute)`);
    await removeOld(directory, release);
    const part = join(directory, `${release}.part.tar`);
    const keyring = '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg';
    const options = ['--variant=important', `--include=${INCLUDE.join(',')}`, keyring];
    try {
      await run('mmdebstrap', [...options, release, part], { signal });
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
    return path;
  });
}

async function removeOld(directory: string, release: Release): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(`${release}-`) && name.endsWith('.tar')) await rm(join(directory, name));
  }
}
