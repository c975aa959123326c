import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { announcement, blocked, parsePackages } from '../../scripts/set-up.js';

const nothing = { local: [], servers: [], some: [] };
const machine = (platform: NodeJS.Platform, user: number) => ({ platform, getuid: () => user });
const root = machine('linux', 0);

describe('the list of packages', () => {
  it('names a package, its program and what cannot run without it', () => {
    expect(parsePackages('# a comment\n\nopenssh-client  ssh-keygen local\n')).toEqual([
      [['ssh-keygen', 'openssh-client'], 'local'],
    ]);
  });

  it.each(['rsync', 'rsync rsync', 'rsync rsync never', 'rsync rsync some more'])(
    'has no line “%s”',
    (line) => {
      expect(() => parsePackages(line)).toThrow(line);
    },
  );

  it('can be read', async () => {
    expect(parsePackages(await readFile('scripts/test-packages.txt', 'utf8')).length).toBeGreaterThan(5);
  });
});

describe('a part is skipped', () => {
  it.each([
    ['for nothing where it needs nothing', undefined, { ...nothing, local: ['openssl'] }, root, undefined],
    ['for no package of few tests', 'local', { ...nothing, some: ['fish'] }, root, undefined],
    ['for no package of others', 'local', { ...nothing, servers: ['rsync'] }, root, undefined],
    ['without one of its packages', 'local', { ...nothing, local: ['openssl'] }, root, 'lacks openssl'],
    ['on servers without one of either', 'servers', { ...nothing, servers: ['rsync'] }, root, 'lacks rsync'],
    ['on servers without root', 'servers', nothing, machine('linux', 1000), 'takes root on Linux'],
    ['on servers elsewhere', 'servers', nothing, machine('darwin', 0), 'takes root on Linux'],
  ] as const)('%s', (_, needs, lacking, here, reason) => {
    const said = blocked(needs, lacking, here);
    if (reason === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(reason);
  });
});

describe('before anything is installed or run', () => {
  it('it says what will be installed, or prints the command', () => {
    expect(announcement(['nmap', 'rsync'], 'install')).toContain('Installing');
    expect(announcement(['nmap', 'rsync'], 'apt')).toMatch(
      /skipped.*\n {2}(sudo )?apt-get update && (sudo )?apt-get install --no-install-recommends nmap rsync$/,
    );
    expect(announcement(['nmap', 'rsync'], 'elsewhere')).toContain('no apt-get');
  });
});
