import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, withKernelLock, withLock } from '../../src/rehearsal/lock.js';

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

it('takes over the lock of a process whose id somebody else has now', async () => {
  // Started at another moment than this process, which has the id.
  await writeFile(join(directory, 'lock'), `${process.pid} 1`);
  const taken = withLock(join(directory, 'lock'), AbortSignal.timeout(5000), async () => 'done');
  if (process.platform === 'linux') expect(await taken).toBe('done');
  else await expect(taken).rejects.toThrow();
});

describe.runIf(process.platform === 'linux')('a lock of the kernel', () => {
  const lock = () => join(directory, 'lock');

  it('lets one work after the other', async () => {
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withKernelLock(lock(), undefined, work)));
  });

  it('is free again when its process is killed', async () => {
    const module = new URL('../../src/rehearsal/lock.ts', import.meta.url).href;
    const code = `import { withKernelLock } from '${module}';
await withKernelLock('${lock()}', undefined, async () => { console.log('held'); await new Promise((r) => setTimeout(r, 600_000)); });`;
    const holder = spawn('node', ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await expect(withKernelLock(lock(), AbortSignal.timeout(200), async () => 'never')).rejects.toThrow();
    const next = withKernelLock(lock(), undefined, async () => 'done');
    holder.kill('SIGKILL');
    expect(await next).toBe('done');
  });

  it('is released when the work fails, and when the wait for it is interrupted', async () => {
    const failing = withKernelLock(lock(), undefined, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await withKernelLock(lock(), undefined, async () => {
      await expect(withKernelLock(lock(), AbortSignal.timeout(50), async () => 'never')).rejects.toThrow();
    });
    expect(await withKernelLock(lock(), undefined, async () => 'done')).toBe('done');
  });
});
