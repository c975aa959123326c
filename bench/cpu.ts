import { readFile } from 'node:fs/promises';
import { readState } from '../src/rehearsal/state.js';
import { type Command, time } from './machine.js';

const MARK = 'cpu-of-the-command';

/** What a command used of the processors, with all it has started and waited for, in milliseconds. */
export interface Used {
  cpuMs: number;
  said: string;
}

/** Pure. What bash's `time` has added to the output of a command. @throws Error where it is not there */
export function parseUsed(output: string): Used {
  const found = new RegExp(`^${MARK} (\\d+)[.,](\\d+) (\\d+)[.,](\\d+)\\n`, 'm').exec(output);
  if (!found) throw new Error(`No CPU time in:\n${output}`);
  const [user = 0, userMs = 0, system = 0, systemMs = 0] = found.slice(1).map(Number);
  return { cpuMs: (user + system) * 1000 + userMs + systemMs, said: output.replace(found[0], '') };
}

/** Runs a command to its end. Node tells nothing of the children of a child, and Debian's time(1) is not installed everywhere. */
export async function use(program: string, { args, ...rest }: Command): Promise<Used> {
  const script = `TIMEFORMAT='${MARK} %3U %3S'; time "$@"`;
  return parseUsed((await time('bash', { args: ['-c', script, 'bash', program, ...args], ...rest })).said);
}

/**
 * A clock of what a rehearsal has used of the processors, in milliseconds. Its DNS and its CA count as well, which cost
 * next to nothing here: in v1, systemd-nspawn leaves what it boots in the group of either.
 */
export async function serverClock(name: string): Promise<() => Promise<number>> {
  const places = (await readState(name))?.cgroups ?? [];
  const clocks = places.flatMap((place) => [
    // v1 counts nanoseconds, v2 microseconds (cgroup-v1/cpuacct.rst, cgroup-v2.rst); v1 has a cpu.stat as well, of other things.
    async () => Number(await readFile(`${place}/cpuacct.usage`, 'utf8')) / 1e6,
    async () => Number(/^usage_usec (\d+)$/m.exec(await readFile(`${place}/cpu.stat`, 'utf8'))?.[1]) / 1e3,
  ]);
  for (const clock of clocks) if ((await clock().catch(() => Number.NaN)) > 0) return clock;
  throw new Error(`No control group counts the CPU of ${name}: ${places.join(', ')}`);
}
