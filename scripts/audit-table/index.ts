import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Release } from '../../src/rehearsal/index.js';
import { LEAVES } from '../../src/settings/tree.js';
import { emqxPackages } from '../../test/e2e/emqx/packages.js';
import { type Auditor, auditor } from './auditor.js';
import { audit } from './measure.js';
import { type Audited, block, type Server, withBlock } from './table.js';

const RELEASES: readonly Release[] = ['bookworm', 'trixie'];
const PROFILES = LEAVES.flatMap(({ path, choices }) => (path === 'hardening' ? choices.map(String) : []));

/** What was measured lies here, so that a run that was cut off can go on. */
const FOLDER = 'test-results/audit';

/** Fresh and set up by each profile; and real EMQX, where there is one, as its dashboard has a port of its own. */
async function servers(): Promise<Server[]> {
  const plain = RELEASES.flatMap((release): Server[] => [
    { release, profile: undefined, broker: undefined, settings: {} },
    ...PROFILES.map((profile) => ({
      ...{ release, profile, broker: undefined },
      settings: { hardening: profile },
    })),
  ]);
  if (!process.env.EMQX_PACKAGES) return plain;
  const [profile = ''] = PROFILES;
  const real = (await emqxPackages()).map(
    ({ version, release, broker }): Server => ({
      ...{ release, profile, broker: `EMQX ${version}` },
      settings: { broker, hardening: profile },
    }),
  );
  return [...plain, ...real];
}

const nameOf = ({ release, profile = 'fresh', broker }: Server): string =>
  [release, profile, broker].filter(Boolean).join(' ');

/** @param resume whether what an earlier run has measured is good enough */
async function audited(server: Server, from: Auditor, resume: boolean): Promise<Audited> {
  const file = join(FOLDER, `${nameOf(server)}.json`);
  const known = resume ? await readFile(file, 'utf8').catch(() => undefined) : undefined;
  if (known !== undefined) return JSON.parse(known) as Audited;
  const started = performance.now();
  const seen = await audit(server, from);
  process.stderr.write(`${nameOf(server)}: ${Math.round((performance.now() - started) / 1000)} s\n`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(file, `${JSON.stringify(seen, undefined, 2)}\n`);
  return seen;
}

const { values } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const wanted = (await servers()).filter((server) => nameOf(server).includes(values.only));
const from = await auditor(values.install);
const all: Audited[] = [];
try {
  for (const server of wanted) all.push(await audited(server, from, values.resume));
} finally {
  await from.down();
}
const text = block(all, from.versions, new Date().toISOString().slice(0, 10));
process.stdout.write(`${text}\n`);
// Some of the servers are no table.
if (values.write && values.only === '')
  await writeFile('README.md', withBlock(await readFile('README.md', 'utf8'), text));
