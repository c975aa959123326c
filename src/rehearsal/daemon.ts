import { spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinCgroups, processesIn } from './cgroup.js';
import { directoryOf, type State } from './state.js';

/**
 * Starts a shell script that outlives this process, with its output in `<id>.log`. It joins the rehearsal's
 * cgroups before anything else, so whoever knows the state file can find and end it.
 */
export async function startDaemon(state: State, id: string, script: string): Promise<void> {
  const directory = directoryOf(state.name);
  const file = `${id}.sh`;
  await writeFile(
    join(directory, file),
    `${joinCgroups(state.cgroups, 'ground')}echo $$ >${id}.pid\n${script}\n`,
  );
  const log = await open(join(directory, `${id}.log`), 'a');
  try {
    const child = spawn('/bin/sh', [file], {
      cwd: directory,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
  } finally {
    await log.close();
  }
}

/** Process id that a daemon of this rehearsal wrote down, where it still runs and is ours. */
export async function daemonPid(
  state: Pick<State, 'name' | 'cgroups'>,
  id: string,
): Promise<number | undefined> {
  const pid = Number(await readFile(join(directoryOf(state.name), `${id}.pid`), 'utf8').catch(() => ''));
  if (!(pid > 0)) return undefined;
  // A process id may have gone to somebody else: ours stands in our cgroup.
  return (await processesIn(state.cgroups)).includes(pid) ? pid : undefined;
}

/** The last lines a daemon printed, for an error message. */
export async function lastWords(state: State, id: string): Promise<string> {
  const text = await readFile(join(directoryOf(state.name), `${id}.log`), 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-5).join('\n');
}

/** Sends a signal to a process; one that is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
