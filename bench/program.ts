import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, median, seconds } from './figures.js';
import { time } from './machine.js';
import { inFolder } from './servers.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 31;
const HELP_MS = 40;
const PACKED_KB = 500;

/** How long `--help` takes longer than a bare node. */
export async function help(): Promise<Figure[]> {
  const [bare, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push((await time(process.execPath, { args: ['-e', '0'] })).ms);
    ours.push((await time(process.execPath, { args: [join(ROOT, 'bin', 'broker-setup.js'), '--help'] })).ms);
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

/** What `npx broker-setup` has to fetch: the packed size, and what is installed, without a network. */
export async function size(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    await time('npm', { args: ['pack', '--ignore-scripts', '--pack-destination', folder], cwd: ROOT });
    const tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '');
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
    ];
  });
}
