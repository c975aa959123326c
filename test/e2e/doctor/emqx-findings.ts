import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/doctor/report.js';
import { fixedUntil } from '../../../src/settings/emqx-versions.js';
import { buildStandIn } from '../../emqx-stand-in/build.js';
import { type Ground, hostKeyOf } from '../ground.js';
import { packaged } from '../snapshot.js';
import type { EmqxSpoil } from './emqx-spoils.js';

/** What is not as it should be. */
const idsOf = ({ findings }: Report): string[] =>
  [...new Set(findings.filter(({ state }) => state !== 'ok').map(({ id }) => id))].sort();

const names = (all: readonly EmqxSpoil[]) =>
  all.map((spoil) => [spoil.title ?? spoil.found.join(', '), spoil] as const);

/** What is said of a version for ever after its last day. */
const age = (version: string): string[] =>
  new Date().toISOString().slice(0, 10) > fixedUntil(version) ? ['broker-install.unmaintained'] : [];

/** Tests of what doctor finds on a server with a stand-in for this version that is broken in one place. */
export function describeFindings(
  version: string,
  protocols: readonly string[],
  spoils: readonly EmqxSpoil[],
): void {
  describe(`what doctor finds on a stand-in for EMQX ${version} that was spoiled`, () => {
    let on: Ground;
    let folder: string;
    let broker: object;

    const look = async (args: readonly string[] = []) => {
      const { stdout, stderr } = await on.run(['doctor', '--json', ...args]);
      expect(stdout, stderr).toContain('"findings"');
      return idsOf(JSON.parse(stdout) as Report);
    };

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'emqx-findings-'));
      on = await packaged('bookworm');
      const file = await buildStandIn(version, folder);
      broker = { kind: 'emqx', version, agree_licence: true, package: file };
      await on.configure({ broker, protocols });
      const first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
      expect(first.exitCode, first.stderr).toBe(0);
    });
    afterAll(async () => {
      await on?.down();
      await rm(folder, { recursive: true, force: true });
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
  });
}
