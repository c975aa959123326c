import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PEBBLE_ENVIRONMENT, prepareAcme } from './acme.js';
import type { Boot } from './boot.js';
import { bootLoop, machineName } from './boot-loop.js';
import { cgroupsFor, joinCgroups, processesIn, removeCgroups } from './cgroup.js';
import { type Claim, claimOf, claims } from './claims.js';
import { daemonPid, lastWords, signalProcess, startDaemon } from './daemon.js';
import { dnsmasqCommand, RECORDS, writeRecords } from './dns.js';
import { turnForwardingOn } from './forwarding.js';
import { freshServer, nameServer, resolving } from './fresh-server.js';
import { image } from './image.js';
import { makeNetwork, networkOf, removeNetwork } from './network.js';
import { greetsSsh, until } from './ready.js';
import { attempt, run } from './run.js';
import { directoryOf, type State } from './state.js';

/** Boots real systemd servers with systemd-nspawn; the CA and DNS run on this machine, on the bridge. */
export const nspawn: Boot = {
  async plan(state) {
    const { gateway, server, server6 } = networkOf(state.slot);
    const ipv6 = (await readFile('/proc/net/if_inet6', 'utf8').catch(() => '')) !== '';
    return {
      address: server,
      sshPort: 22,
      resolver: gateway,
      directory: `https://${gateway}:14000/dir`,
      records: { a: [server], aaaa: ipv6 ? [server6] : [] },
      cgroups: await cgroupsFor(`bsr-${state.slot}`),
    };
  },

  async prepare(release, onProgress, signal) {
    await image(release, onProgress, signal);
  },

  async start(state, onProgress, signal) {
    const directory = directoryOf(state.name);
    const network = networkOf(state.slot);
    onProgress(`booting Debian ${state.release} with systemd-nspawn`);
    const disk = join(directory, 'disk');
    await run('mkdir', ['-m', '755', disk]);
    await all([
      state.base === undefined ? unpack(state, disk, onProgress, signal) : layOver(state.base, disk),
      layNetwork(state, signal),
      prepareAcme(state.name, network.gateway, signal),
      writeRecords(state.name, state.domain, state.records),
    ]);
    const resolver = `nameserver ${network.gateway}`;
    const script = state.base === undefined ? freshServer(state, resolver) + nameServer : resolving(resolver);
    await run('chroot', [disk, 'sh', '-s'], { input: script, signal });
    signal?.throwIfAborted();
    await startDaemon(state, 'boot-loop', bootLoop(state));
    const dnsmasq = dnsmasqCommand(state.domain, {
      listen: network.gateway,
      records: join(directory, RECORDS),
    });
    await startDaemon(state, 'dnsmasq', `exec ${dnsmasq.join(' ')}`);
    const env = Object.entries(PEBBLE_ENVIRONMENT).map(([key, value]) => `${key}=${value}`);
    const pebble = ['pebble', '-config', 'pebble.json', '-dnsserver', `${network.gateway}:53`];
    await startDaemon(state, 'pebble', `exec env ${[...env, ...pebble].join(' ')}`);
    await untilUp(state, signal);
  },

  async exec(state, script) {
    const pid = await initOf(state);
    if (pid === undefined) return { code: 255, stdout: '', stderr: 'the server is powered off\n' };
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
    const env = [
      'HOME=/root',
      'LC_ALL=C.UTF-8',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ];
    return attempt('nsenter', [
      '-t',
      String(pid),
      ...namespaces,
      '--',
      'env',
      '-i',
      ...env,
      'sh',
      '-c',
      script,
    ]);
  },

  async setDns(state, records) {
    await writeRecords(state.name, state.domain, records);
    const pid = await daemonPid(state, 'dnsmasq');
    if (pid !== undefined) signalProcess(pid, 'SIGHUP');
  },

  lastWords: (state, part) => lastWords(state, part === 'server' ? 'boot-loop' : part),

  async reboot(state) {
    await claims().mustHold(claimOf(state));
    const pid = await initOf(state);
    if (pid !== undefined) {
      await writeFile(join(directoryOf(state.name), 'again'), '');
      signalProcess(pid, 'SIGKILL');
      await until('The old server', 10, async () => (await initOf(state)) !== pid);
    }
    if ((await daemonPid(state, 'boot-loop')) === undefined)
      await startDaemon(state, 'boot-loop', bootLoop(state));
    await untilUp(state);
  },

  async remove(claim) {
    // The loop first, or it would boot the server again.
    const loop = await daemonPid(claim, 'boot-loop');
    if (loop !== undefined) signalProcess(loop, 'SIGKILL');
    const init = await initOf(claim);
    if (init !== undefined) signalProcess(init, 'SIGKILL');
    // systemd-nspawn clears away what it mounted when its server ends; killed itself, it would not.
    const server = claim.cgroups.map((group) => `${group}/server`);
    for (let tries = 0; tries < 60 && (await processesIn(server)).length > 0; tries++) await sleep(50);
    for (let tries = 0; tries < 60; tries++) {
      const left = await processesIn(claim.cgroups);
      if (left.length === 0) break;
      for (const pid of left) signalProcess(pid, 'SIGKILL');
      await sleep(50);
    }
    await removeCgroups(claim.cgroups);
    await removeNetwork(networkOf(claim.slot));
    await removeTraces(claim);
    // Mounted only where it lies over another disk.
    await attempt('umount', [join(claim.folder, 'disk')]);
  },
};

/** Under the lock: a rehearsal that was removed while it boots makes no network for whoever has its slot now. */
async function layNetwork(state: State, signal?: AbortSignal): Promise<void> {
  const ground = claims();
  await ground.exclusively(signal, async () => {
    await ground.mustHold(claimOf(state));
    await makeNetwork(networkOf(state.slot), signal);
    await turnForwardingOn(ground.forwardingNote);
  });
}

/** Unpacks the image, in the cgroups, so that it is found and ended where this process is killed meanwhile. */
async function unpack(state: State, disk: string, onProgress: (line: string) => void, signal?: AbortSignal) {
  const tar = await image(state.release, onProgress, signal);
  const script = `${joinCgroups(state.cgroups, 'ground')}exec tar -C "$0" -xf "$1"`;
  await run('sh', ['-c', script, disk, tar], { signal });
}

/** Mounts a disk on which everything that is written goes beside `base` and not into it. */
async function layOver(base: string, disk: string): Promise<void> {
  const [upper, work] = [`${disk}.upper`, `${disk}.work`];
  await run('mkdir', ['-m', '755', upper, work]);
  const options = `lowerdir=${base},upperdir=${upper},workdir=${work}`;
  await run('mount', ['-t', 'overlay', '-o', options, 'overlay', disk]);
}

/** Like Promise.all, but returns only when all have ended: what still runs would write into what is being removed. */
async function all(work: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** What systemd-nspawn forgets under /run when it is killed early. */
async function removeTraces({ slot, folder }: Claim): Promise<void> {
  const disk = await stat(join(folder, 'disk')).catch(() => undefined);
  const lock = disk ? [`locks/inode-${disk.dev}:${disk.ino}`] : [];
  const machine = machineName(slot);
  for (const path of [`propagate/${machine}`, `unix-export/${machine}`, ...lock]) {
    await rm(`/run/systemd/nspawn/${path}`, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function untilUp(state: State, signal?: AbortSignal): Promise<void> {
  const why = () => lastWords(state, 'boot-loop');
  await until('The sshd of the server', 60, () => greetsSsh(state.address, state.sshPort), { signal, why });
}

/** Id, on this machine, of the server's first process. */
export async function initOf(state: Pick<State, 'name' | 'cgroups'>): Promise<number | undefined> {
  const pid = await daemonPid(state, 'server');
  if (pid === undefined) return undefined;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of children.split(' ').filter(Boolean)) {
    const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
    if (/^NSpid:.*\t1$/m.test(status)) return Number(child);
  }
  return undefined;
}
