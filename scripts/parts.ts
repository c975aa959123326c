/** What the tests consist of; the scripts of package.json name tiers and groups of it. */
export interface Part {
  name: string;
  /** `npm test` is the first tier; `npm run test:all` adds the rest; nightly is what is too long for both. */
  tier: 'first' | 'rest' | 'nightly';
  group: 'check' | 'build' | 'unit' | 'fuzz' | 'packaging' | 'e2e' | 'nightly' | 'bench';
  /** The parts of a lane run one after the other, the lanes at the same time. */
  lane: Lane;
  /** Program in node_modules/.bin or on the PATH, and its arguments. */
  command: readonly [string, ...string[]];
  /** Vitest project whose tests are counted one by one; any other part counts as one. */
  project?: string;
  /** It runs `dist/`, so the program is built first. */
  built?: true;
  /** Which of the programs in scripts/test-packages.txt it cannot do without; `servers` also needs what a rehearsal needs. */
  needs?: 'local' | 'servers';
}

export type Lane = 'code' | 'unit' | 'servers';

const vitest = (project: string) => ({
  name: `tests: ${project}`,
  project,
  command: ['vitest', 'run', '--project', project] as const,
});

const check = { tier: 'first', group: 'check', lane: 'code' } as const;
const servers = { lane: 'servers', built: true, needs: 'servers' } as const;

/** Before all lanes, where a part of them runs what it makes. */
export const BUILD: Part = {
  name: 'build',
  tier: 'first',
  group: 'build',
  lane: 'code',
  command: ['npm', 'run', '--silent', 'build'],
};

export const PARTS: readonly Part[] = [
  { ...check, name: 'format and lint', command: ['biome', 'ci', '--max-diagnostics=200'] },
  { ...check, name: 'types', command: ['tsc', '--pretty', 'false'] },
  { ...check, name: 'promises', command: ['oxlint'] },
  { ...check, name: 'unused code', command: ['knip'] },
  { ...check, name: 'layers', command: ['depcruise', 'src'] },
  { ...check, name: 'package', command: ['publint', '--strict'], built: true },
  { ...vitest('packaging'), tier: 'first', group: 'packaging', lane: 'code', built: true, needs: 'local' },
  { ...vitest('unit'), tier: 'first', group: 'unit', lane: 'unit', needs: 'local' },
  { ...vitest('core'), ...servers, tier: 'first', group: 'e2e' },

  { ...vitest('e2e'), ...servers, tier: 'rest', group: 'e2e' },
  // As the README has it, so that what it promises is tried as well.
  {
    ...servers,
    name: 'rehearsal',
    tier: 'rest',
    group: 'e2e',
    command: ['npx', 'broker-setup', 'rehearse', '--install'],
  },
  {
    ...servers,
    name: 'speed',
    tier: 'rest',
    group: 'bench',
    command: ['tsx', 'bench/index.ts', '--quick', '--no-build'],
  },

  { ...vitest('fuzz'), tier: 'nightly', group: 'fuzz', lane: 'unit' },
  { ...vitest('nightly'), ...servers, tier: 'nightly', group: 'nightly' },
  {
    name: 'other days',
    tier: 'nightly',
    group: 'nightly',
    lane: 'unit',
    command: ['tsx', 'scripts/other-days.ts'],
  },
];

/** Pure. The parts of these tiers and groups. @throws Error for a word that names neither */
export function partsOf(words: readonly string[]): Part[] {
  const isOf = (word: string) => (part: Part) => part.tier === word || part.group === word;
  const unknown = words.filter((word) => !PARTS.some(isOf(word)));
  if (unknown.length > 0 || words.length === 0) {
    const all = [...new Set(PARTS.flatMap(({ tier, group }) => [tier, group]))];
    throw new Error(`Name tiers or groups of ${all.join(', ')}; not: ${unknown.join(', ')}`);
  }
  return PARTS.filter((part) => words.some((word) => isOf(word)(part)));
}
