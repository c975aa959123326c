import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAccount } from '../../../src/brokers/mosquitto/accounts.js';
import { Secret } from '../../../src/sh.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'accounts-'));
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'tmp'));
  mkdirSync(join(root, 'etc/mosquitto'), { recursive: true });
  // Stands in for the real one, which hashes a file in place; writes down its command line.
  stub('mosquitto_passwd', `echo "$@" >>'${root}/argv'; sed -i 's/^\\([^:]*\\):.*/\\1:$7$HASHED/' "$2"`);
  stub('chown', `echo "$@" >>'${root}/chown'`);
  stub('systemctl', `[ "$1" = -q ] || echo "$@" >>'${root}/systemctl'`);
});
afterEach(() => rmSync(root, { recursive: true }));

function stub(name: string, script: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
}

function add(name: string, password: string) {
  const script = addAccount(name, new Secret(password)).run.replaceAll(
    '/etc/mosquitto',
    `${root}/etc/mosquitto`,
  );
  return spawnSync('sh', ['-eu'], {
    input: script,
    encoding: 'utf8',
    env: { PATH: `${root}/bin:${process.env.PATH}`, TMPDIR: join(root, 'tmp') },
  });
}

const passwords = () => join(root, 'etc/mosquitto/passwd');

describe('adding an account', () => {
  it('makes the file where there is none, for the broker alone', () => {
    expect(add('device-1', "it's $ecret; `x` %s").status).toBe(0);
    expect(readFileSync(passwords(), 'utf8')).toBe('device-1:$7$HASHED\n');
    expect(readFileSync(join(root, 'chown'), 'utf8')).toMatch(/^mosquitto:mosquitto /);
    expect(readFileSync(join(root, 'systemctl'), 'utf8')).toBe('reload mosquitto.service\n');
  });

  it.each([
    ['ends as it should', 'other:$6$abc\n'],
    ['lacks its last newline', 'other:$6$abc'],
  ])('keeps the accounts of a file that %s', (_, before) => {
    writeFileSync(passwords(), before);
    expect(add('device-1', 'x').status).toBe(0);
    expect(readFileSync(passwords(), 'utf8')).toBe('other:$6$abc\ndevice-1:$7$HASHED\n');
  });

  it('gives an account that is there another password, once, and mistakes no other for it', () => {
    const others = 'device-10:$6$a\n# device-1:\nxdevice-1:$6$b\n\nDevice-1:$6$c:d\n';
    writeFileSync(passwords(), `device-1:$6$old\n${others}device-1:$6$older`);
    expect(add('device-1', 'x').status).toBe(0);
    expect(readFileSync(passwords(), 'utf8')).toBe(`${others}device-1:$7$HASHED\n`);
  });

  it('takes a name as it is, not as a pattern', () => {
    writeFileSync(passwords(), 'axb:$6$a\na\\b:$6$b\n');
    expect(add('a.b', 'x').status).toBe(0);
    expect(readFileSync(passwords(), 'utf8')).toBe('axb:$6$a\na\\b:$6$b\na.b:$7$HASHED\n');
  });

  it('removes what a power cut has left of an earlier try', () => {
    writeFileSync(join(root, 'etc/mosquitto/.broker-setup.Ab12Cd'), 'half');
    writeFileSync(`${passwords()}.backup`, 'of a person');
    expect(add('device-1', 'x').status).toBe(0);
    expect(readdirSync(join(root, 'etc/mosquitto')).sort()).toEqual(['passwd', 'passwd.backup']);
  });

  it('shows the password to no command line and leaves it nowhere', () => {
    add('device-1', 'open sesame');
    expect(readFileSync(join(root, 'argv'), 'utf8')).not.toContain('sesame');
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
    expect(addAccount('device-1', new Secret('open sesame')).show).not.toContain('sesame');
  });

  it('leaves the file alone where hashing fails', () => {
    writeFileSync(passwords(), 'other:$6$abc\n');
    stub('mosquitto_passwd', 'exit 1');
    expect(add('device-1', 'x').status).not.toBe(0);
    expect(readFileSync(passwords(), 'utf8')).toBe('other:$6$abc\n');
    expect(existsSync(join(root, 'systemctl'))).toBe(false);
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });
});
