import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isSecurity, packageOf, pendingUpgrades } from '../../../src/steps/update/upgrade.js';

const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the probe answers where apt-get says this. */
function answer(said: string): string {
  writeFileSync(join(folder, 'said'), said);
  writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\ncat ${join(folder, 'said')}\n`);
  chmodSync(join(folder, 'apt-get'), 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  return execFileSync('sh', ['-c', pendingUpgrades.run], { env, encoding: 'utf8', stdio: 'pipe' });
}

describe('updates that wait', () => {
  it.each([
    [
      'of Debian that close a hole',
      'Inst perl [5.36.0-7+deb12u2] (5.36.0-7+deb12u4 Debian-Security:12/oldstable-security [amd64])',
      'perl!',
    ],
    [
      'of Ubuntu that close a hole and are among the others, too',
      'Inst libssl3 [3.0.2-0ubuntu1.18] (3.0.2-0ubuntu1.20 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64])',
      'libssl3!',
    ],
    ['that close none', 'Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])', 'bash'],
    [
      'of a package whose name speaks of security',
      'Inst libapache2-mod-security2 [2.9.7-1] (2.9.7-2 Debian:12.12/oldstable [amd64])',
      'libapache2-mod-security2',
    ],
    [
      'of a package that is new',
      'Inst linux-image-6.1.0-40-amd64 (6.1.153-1 Debian-Security:12/stable-security [amd64])',
      'linux-image-6.1.0-40-amd64!',
    ],
  ])('%s', (_, line, expected) => {
    expect(answer(`Reading package lists...\n${line} []\nConf ${line.slice(5)}\n`)).toBe(
      `upgrades=${expected}\n`,
    );
  });

  it('are none where apt names none', () => {
    expect(answer('Reading package lists...\n0 upgraded, 0 newly installed.\n')).toBe('upgrades=\n');
  });

  it('are told apart by their mark', () => {
    expect([isSecurity('openssl!'), isSecurity('vim')]).toEqual(['openssl', undefined]);
    expect([packageOf('openssl!'), packageOf('vim')]).toEqual(['openssl', 'vim']);
  });
});
