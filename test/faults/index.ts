/**
 * `npm run test:faults`: breaks `init` in every step, before, in the middle of and after its changes, by kill -9, a cut
 * link and a power-off, and sees whether the next run ends as if nothing had happened. Prints a table.
 * --only STEP[,STEP], --fault kill,link,power, --at before,middle,after choose; --servers N, --release NAME.
 */
import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import type { Release } from '../../src/rehearsal/index.js';
import { driftsOn } from '../e2e/drifts.js';
import { cases, FAULTS, POSITIONS } from './cases.js';
import { runMatrix } from './matrix.js';
import { line, table } from './table.js';

const FOLDER = 'test-results/faults';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    fault: { type: 'string' },
    at: { type: 'string' },
    servers: { type: 'string', default: '3' },
    release: { type: 'string', default: 'bookworm' },
  },
});

function chosen<T extends string>(all: readonly T[], names: string | undefined): readonly T[] {
  const wanted = names?.split(',') ?? all;
  const unknown = wanted.filter((name) => !all.some((one) => one === name));
  if (unknown.length > 0) throw new Error(`Not one of ${all.join(', ')}: ${unknown.join(', ')}`);
  return all.filter((one) => wanted.includes(one));
}

// Others on this machine come first.
setPriority(10);
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    console.log('Stopping after the cases under way ...');
    stop.abort();
  });
const started = performance.now();
const release = chosen<Release>(['bookworm', 'trixie'], values.release)[0] ?? 'bookworm';
const results = await runMatrix({
  release,
  cases: cases({
    steps: chosen([...new Set(driftsOn(release).map(({ step }) => step))], values.only),
    faults: chosen(FAULTS, values.fault),
    positions: chosen(POSITIONS, values.at),
  }),
  servers: Number(values.servers),
  folder: FOLDER,
  onResult: (result) => console.log(line(result)),
  signal: stop.signal,
});
const text = `${table(results)}\nAll of it: ${((performance.now() - started) / 60_000).toFixed(1)} min\n`;
console.log(`\n${text}`);
await writeFile(`${FOLDER}/table.txt`, text);
if (results.some(({ outcome }) => outcome.verdict !== 'ok')) process.exitCode = 1;
