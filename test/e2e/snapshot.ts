import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesOf } from '../../src/engine/step.js';
import { daemonPid } from '../../src/rehearsal/daemon.js';
import { image } from '../../src/rehearsal/image.js';
import type { Release } from '../../src/rehearsal/index.js';
import { withLock } from '../../src/rehearsal/lock.js';
import { until } from '../../src/rehearsal/ready.js';
import { cacheDirectory, directoryOf, readState } from '../../src/rehearsal/state.js';
import { ACCOUNTS } from '../../src/steps/certbot/paths.js';
import { steps } from '../../src/steps/index.js';
import { contextFor } from '../context.js';
import { type Beginning, type Ground, ground, hostKeyOf } from './ground.js';

/** A server that was prepared and powered off, to begin further servers with. */
type Snapshot = Required<Beginning>;

const HOUR = 3_600_000;
/** Afterwards a copy's timers would start what they have missed, and its package lists be called old. */
const LIFE = 4 * HOUR;
/** Disks kept at most, of about 700 MB each. */
const KEPT = 5;

/** End of the name of one that is not finished. */
const PART = '.part';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A server as `init` leaves it, without the time that this takes: it begins with the disk of one that was set up with these
 * settings before, by this build of the program.
 * @param renews the certificate comes from the authority of this rehearsal, which takes a short run of `init`; otherwise
 * it comes from one that is gone, and cannot be renewed
 */
export async function setUp(
  release: Release,
  { changes = {}, renews = false }: { changes?: object; renews?: boolean } = {},
): Promise<Ground> {
  const key = await keyOf(release, [JSON.stringify(changes), ...(await filesOf(['bin', 'dist']))]);
  const { acme, ...from } = await snapshot(`${release}-${key}`, release, async (on) => {
    await on.configure(changes);
    await succeeds(on, ['init', '--yes', '--host-key', await hostKeyOf(on)]);
  });
  const on = await ground(release, renews ? from : { ...from, acme });
  try {
    await on.configure(changes);
    // SSH answers before all services have started.
    await on.inside('timeout 300 systemctl is-system-running --wait || true');
    if (renews) {
      // Where the new authority has the address of the one that is gone, it does not know the account that is kept for it.
      await on.inside(`rm -r ${ACCOUNTS}`);
      await succeeds(on, ['init', '--yes']);
    }
    return on;
  } catch (error) {
    await on.down();
    throw error;
  }
}

/**
 * A server on which no run has been, but which has the packages that `init` adds for any broker: its first run takes half the
 * time. For whom another step than the first one matters.
 */
export async function packaged(release: Release): Promise<Ground> {
  const packages = packagesOf(
    steps.filter(({ id }) => id !== 'broker-install'),
    contextFor(),
  );
  const key = await keyOf(release, packages);
  const { disk, rootPassword } = await snapshot(`${release}-packaged-${key}`, release, (on) =>
    on.inside(
      `apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install ${packages.join(' ')}`,
    ),
  );
  return ground(release, { disk, rootPassword });
}

/** A snapshot of this name, made where there is none. */
async function snapshot(
  name: string,
  release: Release,
  prepare: (on: Ground) => Promise<unknown>,
): Promise<Snapshot> {
  const all = join(cacheDirectory(), 'snapshots');
  const folder = join(all, name);
  return withLock(join(all, '.lock'), undefined, async () => {
    await removeOld(all, folder);
    if ((await timeOf(join(folder, 'snapshot.json'))) === 0)
      await make(folder, await ground(release), prepare);
    const now = new Date();
    await utimes(join(folder, 'used'), now, now);
    return JSON.parse(await readFile(join(folder, 'snapshot.json'), 'utf8')) as Snapshot;
  });
}

/** Whoever changes the image, or what the snapshot is made of, gets another one. */
async function keyOf(release: Release, madeOf: readonly (string | Buffer)[]): Promise<string> {
  const { mtimeMs } = await stat(await image(release, () => undefined));
  const hash = createHash('sha256').update(`${release} ${mtimeMs}`);
  for (const one of madeOf) hash.update(one);
  return hash.digest('hex').slice(0, 12);
}

/** Names and contents of the files in these folders of the project. */
async function filesOf(folders: readonly string[]): Promise<(string | Buffer)[]> {
  const found: (string | Buffer)[] = [];
  for (const folder of folders)
    for (const name of (await readdir(join(ROOT, folder))).sort())
      found.push(name, await readFile(join(ROOT, folder, name)));
  return found;
}

/** When a file was last written; 0 where there is none. */
const timeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

async function make(folder: string, on: Ground, prepare: (on: Ground) => Promise<unknown>): Promise<void> {
  const part = folder + PART;
  try {
    await mkdir(part, { recursive: true, mode: 0o700 });
    await prepare(on);
    await powerOff(on);
    const kept = (name: string) => join(folder, name);
    await rename(join(directoryOf(on.server.name), 'disk'), join(part, 'disk'));
    await cp(on.home, join(part, 'home'), { recursive: true, preserveTimestamps: true });
    await cp(on.server.acme.caBundle, join(part, 'ca-bundle.pem'));
    const made: Snapshot = {
      disk: kept('disk'),
      home: { folder: kept('home'), address: on.server.address },
      rootPassword: on.server.rootPassword,
      acme: { directory: on.server.acme.directory, caBundle: kept('ca-bundle.pem') },
    };
    await writeFile(join(part, 'used'), '');
    await writeFile(join(part, 'snapshot.json'), JSON.stringify(made));
    await rename(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
    await on.down();
  }
}

async function succeeds(on: Ground, args: string[]): Promise<void> {
  const { exitCode, stderr } = await on.run(args);
  if (exitCode !== 0) throw new Error(`${args.join(' ')} failed:\n${stderr}`);
}

/** In peace, so that all of it is on the disk. */
async function powerOff({ server, inside }: Ground): Promise<void> {
  const state = await readState(server.name);
  if (state === undefined) throw new Error(`no server ${server.name}`);
  await inside('systemctl --no-block poweroff');
  await until('The power-off', 90, async () => (await daemonPid(state, 'boot-loop')) === undefined);
}

/** Removes what is too old, and of the rest what was not used for longest; never one that a server stands on. */
async function removeOld(all: string, wanted: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const names = (await readdir(all)).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(all, name);
      const used = await timeOf(join(folder, 'used'));
      const made = await timeOf(join(folder, 'snapshot.json'));
      // Whoever was at work on a part had the lock, which is ours now.
      return { folder, used, old: name.endsWith(PART) || Date.now() - made > LIFE };
    }),
  );
  const others = found
    .filter(({ folder }) => !mounts.includes(`lowerdir=${folder}/`))
    .toSorted((one, other) => other.used - one.used);
  const surplus = others.filter(({ folder }) => folder !== wanted).slice(KEPT - 1);
  for (const one of others)
    if (one.old || surplus.includes(one)) await rm(one.folder, { recursive: true, force: true });
}
