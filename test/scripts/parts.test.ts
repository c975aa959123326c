import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { PARTS, partsOf } from '../../scripts/parts.js';

const names = (...words: string[]) => partsOf(words).map(({ name }) => name);

describe('the tiers', () => {
  it('hold every part once, so that no part is left out', () => {
    const all = [...names('first'), ...names('rest'), ...names('nightly')];
    expect(all.sort()).toEqual(PARTS.map(({ name }) => name).sort());
  });

  it('of npm test hold the checks, all unit tests, packaging, and a core on real servers', () => {
    expect(names('first')).toEqual(
      expect.arrayContaining([...names('check'), 'tests: unit', 'tests: packaging', 'tests: core']),
    );
  });

  it('and groups are what the scripts of package.json name', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: object };
    const used = Object.values(scripts).flatMap((script: string) =>
      script.startsWith('tsx scripts/test.ts ') ? [script.split(' ').slice(2)] : [],
    );
    expect(used.length).toBeGreaterThan(5);
    for (const words of used) expect(partsOf(words).length).toBeGreaterThan(0);
  });

  it.each([[['no-such-tier']], [['first', 'e3e']], [[]]])('are not %j', (words) => {
    expect(() => partsOf(words)).toThrow('Name tiers or groups of first, ');
  });
});

it('every test file is in exactly one project that a tier runs; fuzz has files that unit runs as well', async () => {
  const { stdout } = await execa('vitest', ['list', '--filesOnly', '--json'], { preferLocal: true });
  const listed = JSON.parse(stdout) as { file: string; projectName: string }[];
  const owners = new Map<string, string[]>();
  for (const { file, projectName } of listed)
    if (projectName !== 'fuzz') owners.set(file, [...(owners.get(file) ?? []), projectName]);
  const there = (await readdir('test', { recursive: true })).filter((name) => name.endsWith('.test.ts'));
  expect([...owners.keys()].sort()).toEqual(there.map((name) => resolve('test', name)).sort());
  expect([...owners].filter(([, projects]) => projects.length !== 1)).toEqual([]);
  const projects = PARTS.flatMap(({ project }) => project ?? []);
  expect(projects).toEqual(expect.arrayContaining([...owners.values()].flat()));
});
