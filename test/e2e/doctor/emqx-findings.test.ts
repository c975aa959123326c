import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedUntil } from '../../../src/brokers/emqx/versions.js';
import { CATALOGUE, catalogued } from '../../../src/catalogue/index.js';
import type { Report } from '../../../src/doctor/report.js';
import { buildStandIn } from '../../emqx-stand-in/build.js';
import { type Ground, ground, hostKeyOf } from '../ground.js';
import { type EmqxSpoil, NOT_HERE, SPOILS_4, SPOILS_5 } from './emqx-spoils.js';

const STAND_INS = [
  ['4.3.5', ['mqtt'], SPOILS_4],
  ['5.8.10', ['mqtt', 'coap', 'lwm2m'], SPOILS_5],
] as const;

let on: Ground;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emqx-findings-'));
  on = await ground('bookworm');
});
afterAll(async () => {
  await on?.down();
  await rm(folder, { recursive: true, force: true });
});

/** What is not as it should be. */
const idsOf = ({ findings }: Report): string[] =>
  [...new Set(findings.filter(({ state }) => state !== 'ok').map(({ id }) => id))].sort();

const look = async (args: readonly string[] = []) => {
  const { stdout, stderr } = await on.run(['doctor', '--json', ...args]);
  expect(stdout, stderr).toContain('"findings"');
  return idsOf(JSON.parse(stdout) as Report);
};

const names = (all: readonly EmqxSpoil[]) =>
  all.map((spoil) => [spoil.title ?? spoil.found.join(', '), spoil] as const);

/** What is said of a version for ever after its last day. */
const age = (version: string): string[] =>
  new Date().toISOString().slice(0, 10) > fixedUntil(version) ? ['broker-install.unmaintained'] : [];

/** Its user's session outlives it otherwise, and fails. */
const PURGE = `[ ! -e /etc/emqx ] || {
systemctl stop emqx
loginctl terminate-user emqx || true
apt-get purge -q -y --allow-change-held-packages emqx
rm -rf /etc/emqx /var/lib/emqx
systemctl reset-failed
}`;

// On one server, one after the other: a second one to boot takes as long as all that is looked at on it.
describe.each(STAND_INS)(
  'what doctor finds on a stand-in for EMQX %s that was spoiled',
  (version, protocols, spoils) => {
    let broker: object;

    beforeAll(async () => {
      const file = await buildStandIn(version, folder);
      broker = { kind: 'emqx', version, agree_licence: true, package: file };
      await on.inside(PURGE);
      await on.configure({ broker, protocols });
      const first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
      expect(first.exitCode, first.stderr).toBe(0);
    });

    it('is its age, as long as nothing is spoiled', async () => {
      expect(await look()).toEqual(age(version));
    });

    it.each(names(spoils))('%s', async (_, { found, spoil, mend, args, broker: other }) => {
      try {
        if (spoil) await on.inside(spoil);
        if (other) await on.configure({ broker: { ...broker, ...other }, protocols });
        expect(await look(args)).toEqual([...age(other?.version ?? version), ...found].sort());
      } finally {
        if (mend) await on.inside(mend);
        if (other) await on.configure({ broker, protocols });
      }
    });

    it('is that again, once all of it is mended', async () => {
      expect(await look()).toEqual(age(version));
    });
  },
);

it('each finding about EMQX is produced here, or it is said why not', () => {
  const produced = [...SPOILS_4, ...SPOILS_5].flatMap(({ found }) => found.map((id) => catalogued(id)));
  const here = new Set([...produced, 'broker-install.unmaintained', ...Object.keys(NOT_HERE)]);
  const about = Object.keys(CATALOGUE).filter((id) =>
    /^(?:broker-install|conf-edits|dashboard)\.|^ports\.udp$/.test(id),
  );
  expect(about.filter((id) => !here.has(id))).toEqual([]);
  expect(Object.keys(NOT_HERE).filter((id) => produced.includes(id) || !about.includes(id))).toEqual([]);
});
