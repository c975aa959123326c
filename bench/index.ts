/**
 * `npm run bench`: measures what is promised about speed and size, side by side with peers, and prints each figure beside
 * its goal. It judges nothing by its exit code: a busy machine would fail it. Needs root on Linux for `second`, `doctor` and `first`.
 *
 *     npm run bench -- [--only second,doctor,first,help,fingerprint,size] [--rounds 2] [--no-build]
 */
import { parseArgs } from 'node:util';
import { compare, readBaseline, record } from './baseline.js';
import { doctor } from './doctor.js';
import { type Figure, table } from './figures.js';
import { fingerprint } from './fingerprint.js';
import { first } from './first.js';
import { busy, stopOnSignals, time } from './machine.js';
import { help, size } from './program.js';
import { quickProgram, quickServer } from './quick.js';
import { second } from './second.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    'no-build': { type: 'boolean' },
    quick: { type: 'boolean' },
    record: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a number from 1 on.');
const say = (line: string) => console.error(`${new Date().toLocaleTimeString('en-GB')}  ${line} (${busy()})`);

const parts: Record<string, () => Promise<Figure[]>> = {
  help,
  fingerprint,
  size,
  second: () => second(say),
  doctor: () => doctor(say),
  first: () => first(rounds, say),
};
const chosen = values.only?.split(',') ?? Object.keys(parts);
const strange = chosen.filter((name) => !(name in parts));
if (strange.length > 0)
  throw new RangeError(`--only knows ${Object.keys(parts).join(', ')}, not ${strange.join(', ')}.`);

if (!values['no-build']) {
  say('building');
  await time('npm', { args: ['run', '--silent', 'build'] });
}
stopOnSignals(say);
if (values.quick) await guard();
else await measure();

/** Fails where the program has become more expensive. */
async function guard(): Promise<void> {
  const seen = { ...(await quickProgram()), ...(await quickServer(say)) };
  if (values.record) await record(seen);
  const figures = compare(seen, await readBaseline());
  show(figures);
  if (figures.some(({ met }) => met === false)) process.exitCode = 1;
}

async function measure(): Promise<void> {
  const figures: Figure[] = [];
  for (const name of chosen) {
    say(`${name}: begins`);
    figures.push(...((await parts[name]?.()) ?? []));
  }
  show(figures);
}

function show(figures: readonly Figure[]): void {
  console.log(`\n${table(figures)}\nMeasured at ${busy()}, Node ${process.versions.node}.`);
}
