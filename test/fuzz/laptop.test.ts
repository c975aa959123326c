import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withHostEntry } from '../../src/host/trust/host-entry.js';
import { complete } from '../../src/settings/complete.js';
import { parse } from '../../src/settings/config-file.js';
import { keyPassphrase, sudoPassword } from '../../src/settings/secrets.js';
import { toYaml } from '../../src/settings/to-yaml.js';
import { RAW } from '../ui/hostile.js';
import { DRAFTS, type Draft, settingsOf, typed } from './drafts.js';
import { nasty } from './values.js';

const RUNS = process.env.FUZZ === 'full' ? 500 : 30;
const given = typed.map(({ kind, pairs }) => settingsOf(DRAFTS[kind] as Draft, pairs));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'laptop-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('broker.yaml means what was typed', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(given, async (settings) => {
      const read: unknown = (await parse(toYaml(settings), 'broker.yaml')).toJS();
      expect(complete(read, { home: '/home/me' }).settings).toEqual(settings);
    }),
    { numRuns: RUNS },
  );
});

it('the entry in ~/.ssh/config means what was typed', { timeout: 120_000 }, () => {
  const file = join(folder, 'config');
  fc.assert(
    fc.property(given, ({ server, user, key }) => {
      const { alias = 'x' } = key;
      const entry = { alias, hostname: server, port: 22, user: user.name, identityFile: key.file };
      writeFileSync(file, withHostEntry('Host *\n  Port 99\n', entry));
      const { status, stdout } = spawnSync('ssh', ['-G', '-F', file, '--', alias], { encoding: 'utf8' });
      expect(status).toBe(0);
      expect(stdout).toContain(`user ${user.name}\n`);
      expect(stdout.toLowerCase()).toContain(`hostname ${server.toLowerCase()}\n`);
      expect(stdout).toContain(`identityfile ${key.file.replaceAll('%', '%%')}\n`);
      expect(stdout).toContain('port 22\n');
    }),
    { numRuns: RUNS },
  );
});

it('a password that is chosen is refused in a sentence, or is one line that a server can keep', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => {
      for (const choose of [sudoPassword, keyPassphrase]) {
        const env = { BROKER_SETUP_SUDO_PASSWORD: text, BROKER_SETUP_KEY_PASSPHRASE: text };
        const chosen = await choose({ interactive: false, env, isNew: true }).catch((error: Error) => error);
        if (chosen instanceof Error) expect(chosen.message).not.toMatch(RAW);
        else if (chosen) {
          expect(chosen.reveal()).toBe(text);
          expect(text).not.toMatch(/\p{Cc}/u);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(500);
        }
      }
    }),
    { numRuns: RUNS * 10 },
  );
});
