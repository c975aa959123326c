import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { daemonPid, signalProcess } from '../../src/rehearsal/daemon.js';
import { initOf } from '../../src/rehearsal/nspawn.js';
import { until } from '../../src/rehearsal/ready.js';
import { directoryOf, readState } from '../../src/rehearsal/state.js';
import { LOG_FOLDER } from '../../src/server-folders.js';
import type { Ground } from '../e2e/ground.js';
import { diskOf } from './breakpoint.js';
import { NOTES, STAND_IN_PATH } from './stand-in.js';

/** Nanoseconds count as well: a password file that was written anew within a second has the same size. */
const RSYNC = ['-aHAX', '--numeric-ids', '--delete', '--modify-window=-1'];
const OURS = [NOTES, STAND_IN_PATH].map((path) => `--exclude=${path}`);

/**
 * What a run in the middle of its work knows of itself. Without it the steps before are in place and the run was none that
 * was cut off, so that what is told and taken back afterwards is that of the break alone.
 */
const OF_THE_RUN = [
  'var/lib/broker-setup/runs',
  'var/lib/broker-setup/guard',
  'etc/systemd/system/broker-setup-guard-boot.service',
  'etc/systemd/system/sysinit.target.wants/broker-setup-guard-boot.service',
];

/** Copies of a server's disk and of the laptop's home, as they were at one moment. */
export interface Copies {
  /** Notes the home as it is now; the next copies have it like that. */
  noteHome(): Promise<void>;
  /** While the server runs: what a power cut would leave there now. Unchanged files are shared with the copy before. */
  keep(name: string): Promise<void>;
  /** Pulls the plug, brings disk and home back, boots. */
  restore(name: string): Promise<void>;
}

/** Copies beside the disk, which go when the server is removed. */
export function copiesOf(on: Ground): Copies {
  const folder = join(directoryOf(on.server.name), 'copies');
  const disk = diskOf(on.server.name);
  const noted = join(folder, 'home');
  let last: string | undefined;
  return {
    async noteHome() {
      await mkdir(folder, { recursive: true });
      await execa('rsync', [...RSYNC, `${on.home}/`, `${noted}/`]);
    },
    async keep(name) {
      const copy = join(folder, 'at', name);
      await mkdir(copy, { recursive: true });
      const shared = last === undefined ? [] : [`--link-dest=${last}/disk`];
      await execa('rsync', [...RSYNC, ...OURS, ...shared, `${disk}/`, `${copy}/disk/`]);
      for (const path of OF_THE_RUN) await rm(join(copy, 'disk', path), { recursive: true, force: true });
      const logs = join(copy, 'disk', LOG_FOLDER);
      for (const name of await readdir(logs).catch(() => []))
        if (name.endsWith('.jsonl')) await rm(join(logs, name));
      await execa('rsync', [...RSYNC, `${noted}/`, `${copy}/home/`]);
      last = copy;
    },
    async restore(name) {
      await powerOff(on.server.name);
      await execa('rsync', [...RSYNC, ...OURS, `${join(folder, 'at', name)}/disk/`, `${disk}/`]);
      await execa('rsync', [...RSYNC, `${join(folder, 'at', name)}/home/`, `${on.home}/`]);
      await on.server.reboot();
    },
  };
}

/** Pulls the plug, and leaves it out. */
async function powerOff(server: string): Promise<void> {
  const state = await readState(server);
  if (state === undefined) throw new Error(`no server ${server}`);
  const init = await initOf(state);
  if (init !== undefined) signalProcess(init, 'SIGKILL');
  await until('The power-off', 20, async () => (await daemonPid(state, 'boot-loop')) === undefined);
}
