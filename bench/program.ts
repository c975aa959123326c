import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, median, seconds } from './figures.js';
import { BIN, bareNode, type Command, time } from './machine.js';
import { inFolder } from './servers.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 31;
const HELP_MS = 40;
const ROUNDS_COLD = 5;
const PACKED_KB = 750;
const COLD_MS = 1500;

/** How long `--help` takes longer than a bare node. */
export async function help(): Promise<Figure[]> {
  const [bare, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push((await time(...bareNode)).ms);
    ours.push((await time(process.execPath, { args: [BIN, '--help'] })).ms);
  }
  const more = median(ours) - median(bare);
  return [
    { what: 'node -e 0', seen: seconds(bare), goal: '' },
    { what: '--help', seen: seconds(ours), goal: '' },
    {
      what: '  more than node -e 0',
      seen: `${more.toFixed(0)} ms`,
      goal: `at most ${HELP_MS} ms`,
      met: more <= HELP_MS,
    },
  ];
}

/** Packs what was built. @returns the path of the tarball */
export async function pack(folder: string): Promise<string> {
  await time('npm', { args: ['pack', '--ignore-scripts', '--pack-destination', folder], cwd: ROOT });
  return join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '');
}

/** Runs the packed program by npx, with an empty cache and without a network. @param how runs it, and measures */
export function runCold<T>(
  tarball: string,
  cache: string,
  how: (program: string, command: Command) => Promise<T>,
): Promise<T> {
  const offline = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  const args = ['--yes', ...offline, '--cache', cache, '--package', tarball, 'broker-setup', '--version'];
  return how('npx', { args, cwd: dirname(tarball) });
}

/** What `npx broker-setup` has to fetch: the packed size, and what is installed, without a network; how long it takes cold. */
export async function size(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const tarball = await pack(folder);
    const packed = (await stat(tarball)).size / 1000;
    const prefix = join(folder, 'prefix');
    const offline = [
      '--offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--cache',
      join(folder, 'cache'),
    ];
    await time('npm', { args: ['install', ...offline, '--prefix', prefix, tarball] });
    const lock = JSON.parse(await readFile(join(prefix, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
    const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript).length;
    const cold: number[] = [];
    for (let round = 0; round < ROUNDS_COLD; round++)
      cold.push((await runCold(tarball, join(folder, `cold-${round}`), time)).ms);
    return [
      {
        what: 'packed tarball',
        seen: `${packed.toFixed(0)} kB`,
        goal: `at most ${PACKED_KB} kB`,
        met: packed <= PACKED_KB,
      },
      {
        what: '  packages installed',
        seen: String(installed.length),
        goal: '1',
        met: installed.length === 1,
      },
      { what: '  with install scripts', seen: String(scripts), goal: '0', met: scripts === 0 },
      {
        what: 'npx, cold',
        seen: seconds(cold),
        goal: `at most ${COLD_MS / 1000} s`,
        met: median(cold) <= COLD_MS,
      },
    ];
  });
}
