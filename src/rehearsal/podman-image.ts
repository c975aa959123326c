import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { INCLUDE, image, imageName } from './image.js';
import { withLock } from './lock.js';
import { attempt, has, run } from './run.js';
import { cacheDirectory } from './state.js';
import type { Release } from './types.js';

const CLEAN = 'apt-get clean && rm -rf /var/lib/apt/lists/*';
const INSTALL = 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends';

/** Takes out of Debian's container image what makes it unlike a server: services that may not start, and so on. */
const serverFile = (release: Release) => `FROM docker.io/library/debian:${release}
RUN ${INSTALL} ${INCLUDE.join(' ')} cron && ${CLEAN} && \\
  rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-* /etc/dpkg/dpkg.cfg.d/docker*
`;

/** The machine beside the server: DNS and CA. */
const groundFile = (server: string) => `FROM ${server}
RUN ${INSTALL} pebble dnsmasq-base openssl && ${CLEAN}
`;

/** Names of the two images a rehearsal with podman runs on, built where there are none of this week. */
export async function podmanImages(
  release: Release,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ server: string; ground: string }> {
  const tag = imageName(release).replace('.tar', '');
  const server = `localhost/broker-setup-server:${tag}`;
  const ground = `localhost/broker-setup-ground:${tag}`;
  await mkdir(cacheDirectory(), { recursive: true });
  await withLock(join(cacheDirectory(), `podman-${release}.lock`), signal, async () => {
    if (!(await isFresh(server))) {
      if (await has('mmdebstrap')) {
        await run('podman', ['import', '--quiet', await image(release, onProgress, signal), server], {
          signal,
        });
      } else {
        onProgress(`building an image of Debian ${release}, kept for a week (about a minute)`);
        await build(server, serverFile(release), signal);
      }
    }
    if (!(await isFresh(ground))) {
      onProgress('building an image with the CA and DNS, kept for a week');
      await build(ground, groundFile(server), signal);
    }
  });
  return { server, ground };
}

async function isFresh(name: string): Promise<boolean> {
  const { code, stdout } = await attempt('podman', [
    'image',
    'inspect',
    '--format',
    '{{.Created.Unix}}',
    name,
  ]);
  return code === 0 && Date.now() / 1000 - Number(stdout) < 7 * 24 * 3600;
}

async function build(name: string, file: string, signal?: AbortSignal): Promise<void> {
  const context = await mkdtemp(join(cacheDirectory(), 'context-'));
  // chroot needs no container runtime and no network of its own: the build also works where those are narrow.
  const options = ['--quiet', '--isolation=chroot', '--network=host', '--layers=false', '--tag', name];
  try {
    await writeFile(join(context, 'Containerfile'), file);
    await run('podman', ['build', ...options, context], { signal });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
