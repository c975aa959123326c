import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setUp } from '../test/e2e/snapshot.js';
import type { Ratios } from './baseline.js';
import { serverClock, type Used, use } from './cpu.js';
import { median } from './figures.js';
import { BIN, bareNode } from './machine.js';
import { pack, runCold } from './program.js';
import { type Fresh, inFolder, keptOpen, login, onFreshServer, ourProgram, stateOf } from './servers.js';

const ROUNDS = 7;

/** How long a server is given to end what a command has left, in milliseconds: sessions above all. */
const SETTLING = 400;

/** CPU in milliseconds: of the processes here, and of the server. */
interface Costs {
  here: number[];
  there: number[];
}

/** What a run must say to count. */
const EXPECTED: Readonly<Record<string, string>> = {
  init: 'Nothing to do',
  first: 'Everything is in place.',
  again: 'Everything is in place.',
};

const ratio = (ours: readonly number[] = [], theirs: readonly number[] = []) => median(ours) / median(theirs);

/** What needs no server: each beside the least that its kind can cost, in turns with it. */
export async function quickProgram(): Promise<Ratios> {
  return inFolder(async (folder) => {
    const tarball = await pack(folder);
    const [bare, help, npm, npx]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push((await use(...bareNode)).cpuMs);
      help.push((await use(process.execPath, { args: [BIN, '--help'] })).cpuMs);
      npm.push((await use('npm', { args: ['--version'] })).cpuMs);
      npx.push((await runCold(tarball, join(folder, `cache-${round}`), use)).cpuMs);
    }
    return {
      '--help: CPU, times node -e 0': ratio(help, bare),
      'npx, cold: CPU, times npm --version': ratio(npx, npm),
      'packed tarball, in MB': (await stat(tarball)).size / 1e6,
    };
  });
}

/** What a second `init` and `doctor` cost, on a server of its own that was set up with this build before. */
export const quickServer = (say: (line: string) => void): Promise<Ratios> =>
  onFreshServer((on) => costsOn(on, say), setUp);

/**
 * What a second `init` and `doctor` cost on this server beside `ssh server true` and a bare node, in turns. Only CPU is
 * counted, so a busy machine takes longer for it and comes to the same.
 */
async function costsOn(on: Fresh, say: (line: string) => void): Promise<Ratios> {
  const clock = await serverClock(on.server.name);
  const runs: Record<string, () => Promise<Used>> = {
    bare: () => use(...bareNode),
    ssh: () => use(...login(on)),
    init: () => use(...ourProgram(on, ['init', '--yes'])),
    first: async () => {
      await rm(stateOf(on), { recursive: true, force: true });
      return use(...ourProgram(on, ['doctor']));
    },
    again: () => use(...ourProgram(on, ['doctor'])),
  };
  const seen = Object.fromEntries(Object.keys(runs).map((name) => [name, { here: [], there: [] } as Costs]));
  // With a session open, logins neither start nor stop what systemd runs for the user.
  await keptOpen(on, async () => {
    for (let round = 0; round <= ROUNDS; round++) {
      say(`quick: round ${round} of ${ROUNDS}`);
      for (const [name, run] of Object.entries(runs)) {
        const before = await clock();
        const { cpuMs, said } = await run();
        await sleep(SETTLING);
        const expected = EXPECTED[name] ?? '';
        if (!said.includes(expected)) throw new Error(`${name} did not say “${expected}”:\n${said}`);
        // The first of all finds caches cold.
        if (round === 0) continue;
        seen[name]?.here.push(cpuMs);
        seen[name]?.there.push((await clock()) - before);
      }
    }
  });
  const both = (what: string, name: string): Ratios => ({
    [`${what}: CPU here, times node -e 0`]: ratio(seen[name]?.here, seen.bare?.here),
    [`${what}: CPU of the server, times ssh server true`]: ratio(seen[name]?.there, seen.ssh?.there),
  });
  return {
    ...both('second init', 'init'),
    ...both('first doctor', 'first'),
    ...both('doctor again', 'again'),
  };
}
