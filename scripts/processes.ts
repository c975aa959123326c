import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { down } from '../src/rehearsal/index.js';
import { readStates } from '../src/rehearsal/state.js';

/** How long what was told to end may take, in milliseconds. */
const PATIENCE = 5000;

export interface Command {
  command: readonly [string, ...string[]];
  env?: Record<string, string>;
  /** Everything else on this machine comes first. */
  nice?: boolean;
  /** Its output is shown as it comes, and not returned. */
  live?: boolean;
}

/** The commands under way, each by the id of its process, which is that of its process group as well. */
const underWay = new Set<number>();

/** Runs a command to its end, in a process group of its own: a Ctrl-C reaches it through `stop` alone. */
export async function runCommand({ command: [program, ...args], env = {}, nice, live }: Command) {
  const child = execa(program, args, {
    preferLocal: true,
    reject: false,
    stdin: 'ignore',
    env,
    all: true,
    detached: process.platform !== 'win32',
    ...(live ? { stdout: 'inherit', stderr: 'inherit' } : {}),
  });
  const { pid } = child;
  if (pid !== undefined) underWay.add(pid);
  if (pid !== undefined && nice) setPriority(pid, 10);
  const { exitCode, all, shortMessage } = await child;
  if (pid !== undefined) underWay.delete(pid);
  return { exitCode: exitCode ?? 1, output: exitCode === undefined ? `${all ?? ''}\n${shortMessage}` : all };
}

/** Pure. The process group in the text of /proc/PID/stat; the name of a program may hold blanks and brackets. */
export const groupIn = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);

/** Ends all commands under way, and removes the rehearsals that they have booted. */
export async function stop(): Promise<void> {
  const groups = [...underWay];
  const servers = await bootedBy(groups);
  for (const group of groups) signal(group, 'SIGTERM');
  for (let waited = 0; waited < PATIENCE && underWay.size > 0; waited += 100) await sleep(100);
  for (const group of groups) signal(group, 'SIGKILL');
  for (const name of servers) await down(name);
}

/** The names of the rehearsals whose owner is of one of these process groups. */
async function bootedBy(groups: readonly number[]): Promise<string[]> {
  const names: string[] = [];
  for (const { name, owner } of await readStates()) {
    const stat = await readFile(`/proc/${owner}/stat`, 'utf8').catch(() => undefined);
    if (stat !== undefined && groups.includes(groupIn(stat))) names.push(name);
  }
  return names;
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? group : -group, name);
  } catch {
    // It has ended meanwhile.
  }
}
