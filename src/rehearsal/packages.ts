import { access } from 'node:fs/promises';
import { SetupError } from '../errors.js';
import { mixesCgroups } from './podman-server.js';
import { attempt, has, run } from './run.js';
import type { Way } from './types.js';

/** A command or file that must be on this machine, and the Debian package that brings it. */
export type Need = readonly [path: string, debianPackage: string];

/** What each way needs on this machine. */
const NEEDS: Record<Way, Need[]> = {
  nspawn: [
    ['systemd-nspawn', 'systemd-container'],
    ['mmdebstrap', 'mmdebstrap'],
    ['ip', 'iproute2'],
    ['iptables', 'iptables'],
    ['nsenter', 'util-linux'],
    ['pebble', 'pebble'],
    ['dnsmasq', 'dnsmasq-base'],
    ['openssl', 'openssl'],
    ['/usr/share/keyrings/debian-archive-keyring.gpg', 'debian-archive-keyring'],
  ],
  podman: [['podman', 'podman']],
};

/** What else podman needs on this Linux machine. */
async function podmanNeeds(): Promise<Need[]> {
  if (process.platform !== 'linux') return [];
  return [
    ...(process.getuid?.() === 0 ? [] : [['newuidmap', 'uidmap'] as const]),
    ...((await mixesCgroups()) ? [['runc', 'runc'] as const] : []),
  ];
}

/** What `podman` itself leaves out when installed without its recommended packages, and a rehearsal needs. */
const PODMAN_ALONG = ['crun', 'uidmap', 'slirp4netns', 'netavark', 'aardvark-dns', 'iptables'];

const present = (path: string) =>
  path.startsWith('/')
    ? access(path).then(
        () => true,
        () => false,
      )
    : has(path);

/** The Debian packages of these needs that this machine lacks. */
export async function lackingPackages(needs: readonly Need[]): Promise<string[]> {
  const found = await Promise.all(needs.map(async ([path, name]) => ((await present(path)) ? [] : [name])));
  return found.flat();
}

/** The Debian packages that this way lacks. */
export async function missingPackages(way: Way): Promise<string[]> {
  const lacking = await lackingPackages([...NEEDS[way], ...(way === 'podman' ? await podmanNeeds() : [])]);
  return [...new Set(lacking.includes('podman') ? [...lacking, ...PODMAN_ALONG] : lacking)];
}

/** The conditions, other than packages, that this machine does not meet for this way. */
export async function unmet(way: Way): Promise<string[]> {
  if (way === 'podman') {
    // On macOS and Windows podman is there, but its virtual machine may not run.
    const silent = (await has('podman')) && (await attempt('podman', ['info'])).code !== 0;
    return silent
      ? ['a podman that answers (see `podman info`; on macOS and Windows: podman machine start)']
      : [];
  }
  if (process.platform !== 'linux') return ['Linux'];
  return process.getuid?.() === 0 ? [] : ['root'];
}

/** The command that installs what lacks, for people to copy. */
export function installCommand(packages: readonly string[]): string {
  const aptGet = process.getuid?.() === 0 ? 'apt-get' : 'sudo apt-get';
  // A bare machine has no lists of packages yet.
  return `${aptGet} update && ${aptGet} install --no-install-recommends ${packages.join(' ')}`;
}

/** Installs Debian packages with apt-get; only called where the person allowed it. */
export async function installPackages(packages: readonly string[], signal?: AbortSignal): Promise<void> {
  if (process.getuid?.() !== 0 || !(await has('apt-get'))) {
    throw new SetupError(`Cannot install ${packages.join(', ')}: that takes root on Debian or Ubuntu.`, {
      code: 'rehearsal-packages-missing',
      hint: `Install them yourself: ${installCommand(packages)}`,
    });
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-q', '-y'];
  await run('apt-get', [...wait, 'update'], { env, signal });
  await run('apt-get', [...wait, 'install', '--no-install-recommends', ...packages], { env, signal });
}
