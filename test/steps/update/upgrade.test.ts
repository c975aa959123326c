import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { upgradeScript } from '../../../src/steps/update/upgrade.js';

const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
afterAll(() => rmSync(folder, { recursive: true }));

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
