import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isSecurity, packageOf, pendingUpgrades, upgradeScript } from '../../../src/steps/update/upgrade.js';

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

describe('an upgrade', () => {
  /** What it calls of apt and dpkg, in order. @param audit what dpkg says of packages that are not whole */
  function calls(audit: string, failing = 'nothing') {
    const stub = (name: string, script: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const note = `for word; do case $word in update|upgrade|install|--fix-broken|--configure) words="$words $word";; esac; done
[ -z "$words" ] || echo "$(basename "$0")$words" >>'${folder}/calls'
case " $words " in *" ${failing} "*) exit 1;; esac`;
    writeFileSync(join(folder, 'calls'), '');
    stub('apt-get', note);
    stub('dpkg', `[ "$1" != --audit ] || { printf '%s' '${audit}'; exit 0; }\n${note}`);
    for (const name of ['awk', 'cloud-init']) stub(name, ':');
    const input = `set -eu\n${upgradeScript(['ufw'])
      .run.replaceAll('/var/lib/broker-setup', join(folder, 'state'))
      .replaceAll('/var/log/broker-setup', join(folder, 'log'))}`;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { status, stdout } = spawnSync('sh', ['-c', input], { env, encoding: 'utf8' });
    return {
      status,
      stdout,
      calls: readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').slice(0, 4),
    };
  }
  const [CONFIGURE, UPDATE, FIX, UPGRADE] = [
    'dpkg --configure',
    'apt-get update',
    'apt-get --fix-broken install',
    'apt-get upgrade',
  ];

  it.each([
    ['everything is whole', '', [CONFIGURE, UPDATE, UPGRADE]],
    [
      'a package was half unpacked',
      'The following packages are only half installed',
      [CONFIGURE, UPDATE, FIX, UPGRADE],
    ],
  ])('case 19: repairs first only what is broken: %s', (_, audit, expected) => {
    const { status, calls: made } = calls(audit);
    expect([status, made.slice(0, expected.length)]).toEqual([0, expected]);
  });

  it('case 19: goes on where dpkg alone cannot put it right', () => {
    expect(calls('half installed', '--configure')).toMatchObject({
      status: 0,
      calls: [CONFIGURE, UPDATE, FIX, UPGRADE],
    });
  });

  it('case 19: does not upgrade what could not be repaired, and says so', () => {
    const { status, stdout, calls: made } = calls('half installed', '--fix-broken');
    expect([status, made]).toEqual([1, [CONFIGURE, UPDATE, FIX]]);
    expect(stdout).toContain('broker-setup: Installing the packages failed');
  });
});
