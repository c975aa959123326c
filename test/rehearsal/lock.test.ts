import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive, withLock } from '../../src/rehearsal/lock.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bsr-lock-'));
});

afterEach(() => rm(directory, { recursive: true }));

it('lets one work after the other, and is gone at the end', async () => {
  let inside = 0;
  const work = async () => {
    inside += 1;
    expect(inside).toBe(1);
    await sleep(20);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(join(directory, 'lock'), undefined, work)));
  expect(await readdir(directory)).toEqual([]);
});

it('takes over the lock of a process that is dead', async () => {
  const dead = 2 ** 22 + 1; // above the highest process id Linux gives
  expect(isAlive(dead)).toBe(false);
  await writeFile(join(directory, 'lock'), String(dead));
  expect(await withLock(join(directory, 'lock'), undefined, async () => 'done')).toBe('done');
});

it('stops waiting when interrupted', async () => {
  await writeFile(join(directory, 'lock'), String(process.pid));
  const waiting = withLock(join(directory, 'lock'), AbortSignal.timeout(50), async () => 'never');
  await expect(waiting).rejects.toThrow();
});

it('is released when the work fails', async () => {
  const failing = withLock(join(directory, 'lock'), undefined, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readdir(directory)).toEqual([]);
});
