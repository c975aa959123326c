import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { GUARD_RESTORE } from '../../src/engine/guard-paths.js';
import { rootWithPassword } from '../e2e/before-after.js';
import type { Ground } from '../e2e/ground.js';
import { diskOf } from './breakpoint.js';

/** Who gets in by ssh(1), over the network, and is root there: with the first password, with the new key. */
export async function waysIn(on: Ground): Promise<('old' | 'new')[]> {
  const [old, limited] = await Promise.all([rootWithPassword(on), limitedWithKey(on)]);
  return [
    ...(old === 'still here' ? (['old'] as const) : []),
    ...(limited === '0' ? (['new'] as const) : []),
  ];
}

async function limitedWithKey({ home, key, server }: Ground): Promise<string> {
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=10',
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${join(home, 'known_hosts')}`,
  ];
  const { stdout } = await execa(
    'ssh',
    [...options.flatMap((one) => ['-o', one]), '-i', key, `researcher@${server.address}`, 'sudo -n id -u'],
    { reject: false },
  );
  return stdout;
}

/** Whether the server would take a change to the way in back. */
export const isGuarded = ({ server }: Ground): Promise<boolean> =>
  access(join(diskOf(server.name), GUARD_RESTORE)).then(
    () => true,
    () => false,
  );

/**
 * Waits until the guard has taken the change back.
 * @param since when the run was broken, by performance.now()
 * @returns the seconds since then; undefined where it did not within `limit` seconds
 */
export async function restored(on: Ground, since: number, limit: number): Promise<number | undefined> {
  const seconds = () => (performance.now() - since) / 1000;
  while (await isGuarded(on)) {
    if (seconds() > limit) return undefined;
    await sleep(200);
  }
  return seconds();
}
