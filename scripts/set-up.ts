import { readFile } from 'node:fs/promises';
import {
  installCommand,
  installPackages,
  lackingPackages,
  missingPackages,
  type Need,
} from '../src/rehearsal/packages.js';
import { has } from '../src/rehearsal/run.js';
import type { Part } from './parts.js';

const FILE = new URL('test-packages.txt', import.meta.url);

/** What cannot run without a package: any test, any on real servers, or some tests, which then skip themselves. */
type Use = 'local' | 'servers' | 'some';

/** Debian packages that this machine lacks. */
export type Lacking = Readonly<Record<Use, readonly string[]>>;

/** Pure. What the list of packages says. @throws Error for a line that it cannot read */
export function parsePackages(text: string): (readonly [need: Need, use: Use])[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [name, program, use, ...rest] = line.trim().split(/\s+/);
    if (name && program && (use === 'local' || use === 'servers' || use === 'some') && rest.length === 0)
      return [[program, name], use] as const;
    throw new Error(`scripts/test-packages.txt: not a package, a program and its use: ${line}`);
  });
}

/** Pure. What is said before anything is installed or run. */
export function announcement(packages: readonly string[], way: 'install' | 'apt' | 'elsewhere'): string {
  const names = packages.join(', ');
  if (way === 'install') return `Installing with apt-get what the tests need: ${names}`;
  const skipped = `This machine lacks ${names}. The tests that need them are skipped.`;
  return way === 'apt'
    ? `${skipped} To install them:\n  ${installCommand(packages)}`
    : `${skipped} These are Debian's names; here is no apt-get to install them with.`;
}

/** Pure. Why a part with these needs cannot run here; undefined where it can. */
export function blocked(
  needs: Part['needs'],
  lacking: Lacking,
  { platform, getuid }: Pick<NodeJS.Process, 'platform' | 'getuid'> = process,
): string | undefined {
  if (needs === undefined) return undefined;
  if (needs === 'servers' && (platform !== 'linux' || getuid?.() !== 0))
    return 'booting real servers (systemd-nspawn) takes root on Linux';
  const names = needs === 'local' ? lacking.local : [...lacking.local, ...lacking.servers];
  return names.length === 0 ? undefined : `this machine lacks ${names.join(', ')}`;
}

/**
 * Installs what these parts need: as root on Debian or Ubuntu, elsewhere it prints how to. Either is said beforehand.
 * @returns what the machine lacks after that
 */
export async function setUp(parts: readonly Part[]): Promise<Lacking> {
  const lacking = await lackingFor(parts);
  const packages = [...new Set(Object.values(lacking).flat())];
  if (packages.length === 0) return lacking;
  const apt = await has('apt-get');
  const install = apt && process.getuid?.() === 0;
  console.log(announcement(packages, install ? 'install' : apt ? 'apt' : 'elsewhere'));
  if (!install) return lacking;
  await installPackages(packages);
  return lackingFor(parts);
}

async function lackingFor(parts: readonly Part[]): Promise<Lacking> {
  const listed = parsePackages(await readFile(FILE, 'utf8'));
  const of = (use: Use) => lackingPackages(listed.flatMap(([need, its]) => (its === use ? [need] : [])));
  const any = parts.some(({ needs }) => needs);
  const servers = process.platform === 'linux' && parts.some(({ needs }) => needs === 'servers');
  return {
    local: any ? await of('local') : [],
    some: any ? await of('some') : [],
    servers: servers ? [...(await of('servers')), ...(await missingPackages('nspawn'))] : [],
  };
}
