import { randomUUID } from 'node:crypto';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A finished run of the program, one line of JSON in the file that BROKER_SETUP_TEST_CALLS names. */
export interface Call {
  /** Command and what changes its cost, such as `doctor --fix`. */
  kind: string;
  /** Absent where a signal ended it. */
  exitCode: number | undefined;
  ms: number;
  /** CPU of the program's own process, user and system; absent where a signal ended it. */
  cpuMs: number | undefined;
  /** The test file that ran it. */
  file: string;
}

/** Flags that make another kind of run, and another cost. */
const KINDS = ['--dry-run', '--fix', '--renewal', '--outside-only', '--install-watch', '--remove-watch'];

/** Pure. The kind of a run, by its command line. */
export const kindOf = ([command = '', ...rest]: readonly string[]): string =>
  [command, ...KINDS.filter((flag) => rest.includes(flag))].join(' ');

/** A run that is recorded. */
export interface Recording {
  /** Options of node, ahead of the program. */
  node: readonly string[];
  ended(exitCode: number | undefined): Promise<void>;
}

/** Begins to record a run of the program; does nothing without BROKER_SETUP_TEST_CALLS. */
export function record(args: readonly string[]): Recording {
  const calls = process.env.BROKER_SETUP_TEST_CALLS;
  if (calls === undefined) return { node: [], ended: async () => undefined };
  const note = join(tmpdir(), `broker-setup-cpu-${randomUUID()}`);
  const file = fileUnderTest();
  const started = performance.now();
  return {
    node: ['--import', noteCpu(note)],
    async ended(exitCode) {
      const ms = Math.round(performance.now() - started);
      const cpu = await readFile(note, 'utf8').catch(() => undefined);
      await rm(note, { force: true });
      const call: Call = {
        kind: kindOf(args),
        exitCode,
        ms,
        cpuMs: cpu === undefined ? undefined : Number(cpu),
        file,
      };
      await appendFile(calls, `${JSON.stringify(call)}\n`);
    },
  };
}

/** A module that writes, at the end of its process, how many milliseconds of CPU the process took. */
const noteCpu = (file: string): string =>
  `data:text/javascript,${encodeURIComponent(`import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(${JSON.stringify(file)}, String(Math.round((user + system) / 1000)));
});`)}`;

/** The matrix of faults also runs without vitest. */
function fileUnderTest(): string {
  const path = process.env.VITEST === undefined ? undefined : expect.getState().testPath;
  return path?.replace(/^.*\/(?=test\/)/, '') ?? 'test/faults/index.ts';
}
