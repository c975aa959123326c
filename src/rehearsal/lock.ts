import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while holding a lock of the kernel, which is free again as soon as this process is gone, however it ends.
 * It takes flock(1), which every Linux has; where there may be none, see `withLock`.
 */
export async function withKernelLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // The lock is held as long as `cat` reads from us. In a group of its own: Ctrl-C must not release it.
  const holder = spawn('flock', ['--no-fork', path, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const ended = once(holder, 'close');
  ended.catch(() => undefined);
  try {
    const refused = ended.then(() => Promise.reject(new Error(`flock could not lock ${path}`)));
    await Promise.race([once(holder.stdout, 'data', signal ? { signal } : {}), refused]);
    return await work();
  } finally {
    holder.stdin.end();
    // One that still waits for the lock reads nothing.
    if (signal?.aborted) holder.kill();
    await ended.catch(() => undefined);
  }
}

/**
 * Runs `work` while holding a lock that other processes of this machine respect; it needs nothing but a folder.
 * @param path the lock file; it holds its owner, so that one left by a crash is taken over
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  while (!(await take(path))) await sleep(200, undefined, signal ? { signal } : {});
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  // Written first and linked then, so that a lock is never seen without its owner.
  const mine = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  await writeFile(mine, `${process.pid} ${(await startOf(process.pid)) ?? ''}`);
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  if (await isDead(path)) {
    // Renaming lets only one of several waiters clear it; whoever renamed a new owner's lock puts it back.
    await rename(path, mine).catch(() => undefined);
    if (!(await isDead(mine))) await link(mine, path).catch(() => undefined);
    await rm(mine, { force: true });
  }
  return false;
}

async function isDead(path: string): Promise<boolean> {
  const [pid = '', start = ''] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  if (!(Number(pid) > 0)) return false;
  if (!isAlive(Number(pid))) return true;
  // A busy machine gives the id of a dead process to another one within minutes.
  const now = await startOf(Number(pid));
  return start !== '' && now !== undefined && now !== start;
}

/** When a process was started, in ticks since the machine was; undefined where the system does not tell. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Field 22 of proc_pid_stat(5), counted from behind the name, which may hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** Whether a process with this id runs, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
