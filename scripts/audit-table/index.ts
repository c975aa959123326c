import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Release } from '../../src/rehearsal/index.js';
import { LEAVES } from '../../src/settings/tree.js';
import { realEmqx } from '../../test/e2e/emqx/packages.js';
import { type Auditor, auditor } from './auditor.js';
import { audit } from './measure.js';
import { type Audited, block, brokerIn, MARKS, type Server, withBlock } from './table.js';

const RELEASES: readonly Release[] = ['bookworm', 'trixie'];
const PROFILES = LEAVES.flatMap(({ path, choices }) => (path === 'hardening' ? choices.map(String) : []));

/** What was measured lies here, so that a run that was cut off can go on. */
const FOLDER = 'test-results/audit';

/** Fresh, and set up by each profile with Mosquitto. */
const WITH_MOSQUITTO = RELEASES.flatMap((release): Server[] => [
  { release, profile: undefined, emqx: undefined, settings: {} },
  ...PROFILES.map((profile) => ({
    ...{ release, profile, emqx: undefined },
    settings: { hardening: profile },
  })),
]);

/** Real ones alone: the TLS of a stand-in says nothing about EMQX. */
async function withEmqx(): Promise<Server[]> {
  const [profile = ''] = PROFILES;
  return (await realEmqx()).map(({ version, release, broker, origin }) => ({
    ...{ release, profile, emqx: { version, origin } },
    settings: { broker, hardening: profile },
  }));
}

const nameOf = (server: Server): string =>
  [server.release, server.profile ?? 'fresh', ...brokerIn(server)].join(' ');

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
const tables = [
  { mark: MARKS.mosquitto, servers: WITH_MOSQUITTO },
  { mark: MARKS.emqx, servers: await withEmqx() },
];
if (tables.some(({ servers }) => servers.length === 0)) {
  const why = 'the vendor’s repository does not answer, and EMQX_PACKAGES names no folder';
  process.stderr.write(`EMQX is not measured, its table stays as it is: ${why}.\n`);
}
const from = await auditor(values.install);
try {
  for (const { mark, servers } of tables) {
    const wanted = servers.filter((server) => nameOf(server).includes(values.only));
    if (wanted.length === 0) continue;
    const all: Audited[] = [];
    for (const server of wanted) all.push(await audited(server, from, values.resume));
    const text = block(all, from.versions, new Date().toISOString().slice(0, 10));
    process.stdout.write(`${text}\n`);
    // Some of its servers are no table.
    if (values.write && wanted.length === servers.length)
      await writeFile('README.md', withBlock(await readFile('README.md', 'utf8'), mark, text));
  }
} finally {
  await from.down();
}
