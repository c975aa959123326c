import { execFileSync, spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorize } from '../../../src/steps/ssh-keys/authorize.js';

/** A user that every Debian has, in place of one with a home. */
const USER = 'nobody';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKCfCLtzhcRHnX researcher@example';
const OTHER = 'ssh-ed25519 AAAAother somebody@else';

let folder = '';
let home = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authorize-'));
  home = join(folder, 'home');
  mkdirSync(home);
  execFileSync('chmod', ['755', folder]);
  writeFileSync(join(folder, 'getent'), `#!/bin/sh\necho '${USER}:x:65534:65534::${home}:/bin/sh'\n`, {
    mode: 0o755,
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(pattern = '.ssh/authorized_keys') {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  return spawnSync('sh', ['-c', `set -eu\n${authorize(USER, KEY, pattern).run}`], { env, encoding: 'utf8' });
}

const own = (path: string) => execFileSync('chown', ['-h', `${USER}:nogroup`, path]);
const keys = () => readFileSync(join(home, '.ssh/authorized_keys'), 'utf8');
const about = (path: string) => execFileSync('stat', ['-c', '%a %U', path], { encoding: 'utf8' }).trim();

// Another user's rights are what this is about.
describe.runIf(process.getuid?.() === 0)('authorizing a key', () => {
  it('makes folder and file, which belong to the user', () => {
    own(home);
    expect(run().status).toBe(0);
    expect([keys(), about(join(home, '.ssh')), about(join(home, '.ssh/authorized_keys'))]).toEqual([
      `${KEY}\n`,
      `700 ${USER}`,
      `600 ${USER}`,
    ]);
  });

  it.each([
    ['that end with a line break', `${OTHER}\n`],
    ['that do not', OTHER],
  ])('keeps keys that are there, %s, and adds the new one once', (_, before) => {
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh/authorized_keys'), before);
    for (const path of [home, join(home, '.ssh'), join(home, '.ssh/authorized_keys')]) own(path);
    expect([run().status, run().status]).toEqual([0, 0]);
    expect(keys()).toBe(`${OTHER}\n${KEY}\n`);
  });

  it('takes over a folder and a file that root has left in a home', () => {
    own(home);
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    writeFileSync(join(home, '.ssh/authorized_keys'), `${OTHER}\n`, { mode: 0o600 });
    expect(run().status).toBe(0);
    expect([keys(), about(join(home, '.ssh')), about(join(home, '.ssh/authorized_keys'))]).toEqual([
      `${OTHER}\n${KEY}\n`,
      `700 ${USER}`,
      `600 ${USER}`,
    ]);
  });

  it('takes over a file of root in a folder of the user', () => {
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    writeFileSync(join(home, '.ssh/authorized_keys'), `${OTHER}\n`, { mode: 0o600 });
    for (const path of [home, join(home, '.ssh')]) own(path);
    expect(run().status).toBe(0);
    expect([keys(), about(join(home, '.ssh/authorized_keys'))]).toEqual([
      `${OTHER}\n${KEY}\n`,
      `600 ${USER}`,
    ]);
  });

  it('case 180: changes nothing behind a link that the user has put in the place of a folder', () => {
    const target = join(folder, 'apt.conf.d');
    mkdirSync(target, { mode: 0o755 });
    symlinkSync(target, join(home, '.ssh'));
    own(home);
    own(join(home, '.ssh'));
    expect(run().status).not.toBe(0);
    expect([about(target), lstatSync(join(home, '.ssh')).isSymbolicLink()]).toEqual(['755 root', true]);
    expect(execFileSync('ls', ['-A', target], { encoding: 'utf8' })).toBe('');
  });

  it('case 180: reads nothing for the user that only root may read', () => {
    writeFileSync(join(folder, 'secret'), 'root:$6$hash\n', { mode: 0o600 });
    mkdirSync(join(home, '.ssh'));
    symlinkSync(join(folder, 'secret'), join(home, '.ssh/authorized_keys'));
    for (const path of [home, join(home, '.ssh')]) own(path);
    const { status, stderr } = run();
    expect([status, stderr]).toEqual([1, expect.stringContaining('symbolic link')]);
    expect(statSync(join(folder, 'secret')).uid).toBe(0);
  });

  it('leaves what is kept outside of the home to root', () => {
    own(home);
    expect(run(join(folder, 'keys/%u')).status).toBe(0);
    expect([about(join(folder, `keys/${USER}`)), readFileSync(join(folder, `keys/${USER}`), 'utf8')]).toEqual(
      ['644 root', `${KEY}\n`],
    );
  });

  it('works in a home that root has kept', () => {
    expect(run().status).toBe(0);
    expect([about(home), about(join(home, '.ssh')), keys()]).toEqual(['755 root', `700 ${USER}`, `${KEY}\n`]);
  });
});
