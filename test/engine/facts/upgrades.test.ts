import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseUpgrades, printUpgrades } from '../../../src/engine/facts/upgrades.js';
import { STATE_FOLDER } from '../../../src/server-folders.js';

const folder = mkdtempSync(join(tmpdir(), 'upgrades-'));
const [status, state, calls] = ['status', 'state', 'calls'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(state, { recursive: true, force: true });
  rmSync(calls, { force: true });
  writeFileSync(status, 'packages\n');
});

/** What the probe answers where apt-get says this. */
function answer(said: string, exitCode = 0): string {
  writeFileSync(join(folder, 'said'), said);
  writeFileSync(
    join(folder, 'apt-get'),
    `#!/bin/sh\necho called >>${calls}\ncat ${join(folder, 'said')}\nexit ${exitCode}\n`,
    { mode: 0o755 },
  );
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const script = printUpgrades.run.replaceAll(STATE_FOLDER, state).replaceAll('/var/lib/dpkg/status', status);
  return execFileSync('sh', ['-c', script], { env, encoding: 'utf8', stdio: 'pipe' });
}

const timesCalled = () => (existsSync(calls) ? readFileSync(calls, 'utf8').split('\n').length - 1 : 0);

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

  it('are not known where apt fails', () => {
    const stdout = answer('E: Malformed line 1 in source list\n', 100);
    expect([stdout, parseUpgrades(stdout)]).toEqual(['failed\n', undefined]);
  });

  it('are told apart by their mark', () => {
    expect(parseUpgrades('upgrades=openssl! vim\n')).toEqual([
      { name: 'openssl', security: true },
      { name: 'vim', security: false },
    ]);
    expect(parseUpgrades('upgrades=\n')).toEqual([]);
  });
});

describe('the outcome of a simulation', () => {
  const SAID = 'Inst bash [1] (2 Debian:12 [amd64])\nInst vim [1] (2 Debian-Security:12 [amd64])\n';
  const EXPECTED = 'upgrades=bash vim!\n';

  it('is kept on a server that was set up, until packages or lists change', () => {
    mkdirSync(state);
    expect([answer(SAID), answer(SAID), timesCalled()]).toEqual([EXPECTED, EXPECTED, 1]);
    writeFileSync(status, 'other packages\n');
    expect([answer(''), timesCalled()]).toEqual(['upgrades=\n', 2]);
  });

  it('is not kept where apt fails', () => {
    mkdirSync(state);
    expect([answer('', 100), answer(SAID), timesCalled()]).toEqual(['failed\n', EXPECTED, 2]);
  });

  it('leaves nothing on any other server', () => {
    expect([answer(SAID), existsSync(state)]).toEqual([EXPECTED, false]);
  });

  it('is told where it cannot be kept', () => {
    mkdirSync(join(state, 'upgrades.new'), { recursive: true });
    expect(answer(SAID)).toBe(EXPECTED);
  });
});
