/** What `npm test` consists of; the scripts of package.json name groups of it. */
export interface Part {
  name: string;
  group: 'check' | 'build' | 'unit' | 'fuzz' | 'packaging' | 'e2e' | 'faults';
  /** Program in node_modules/.bin or on the PATH, and its arguments. */
  command: readonly [string, ...string[]];
  /** Vitest project whose tests are counted one by one; any other part counts as one. */
  tests?: boolean;
  /** It runs only where its group is asked for. */
  onRequest?: true;
  /** Why it cannot run here; undefined when it can. */
  blocked?: () => string | undefined;
}

const vitest = (project: 'unit' | 'fuzz' | 'packaging' | 'e2e' | 'faults'): Part => ({
  name: `tests: ${project}`,
  group: project,
  command: ['vitest', 'run', '--project', project],
  tests: true,
});

const needsRoot = () =>
  process.getuid?.() === 0 ? undefined : 'booting real servers (systemd-nspawn) takes root on Linux';

export const PARTS: readonly Part[] = [
  { name: 'format and lint', group: 'check', command: ['biome', 'ci', '--max-diagnostics=200'] },
  { name: 'promises', group: 'check', command: ['eslint', '--max-warnings', '0', '.'] },
  { name: 'types', group: 'check', command: ['tsc', '--pretty', 'false'] },
  { name: 'unused code', group: 'check', command: ['knip'] },
  { name: 'build', group: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'package', group: 'check', command: ['publint', '--strict'] },
  vitest('unit'),
  { ...vitest('fuzz'), onRequest: true },
  vitest('packaging'),
  { ...vitest('e2e'), blocked: needsRoot },
  { ...vitest('faults'), blocked: needsRoot },
];
