import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { shipped } from './shipped.js';

let utils: typeof import('ssh2').utils;
let scratch: string;
beforeAll(async () => {
  ({ utils } = (await shipped('ssh2', join(inject('packed').installed, 'dist'))) as typeof import('ssh2'));
  scratch = mkdtempSync(join(tmpdir(), 'broker-setup-keys-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const PASSPHRASES = [
  ['short', 'two words'],
  // SHA-512 takes 128 bytes at a time.
  ['long', 'ä'.repeat(200)],
] as const;

test.each(PASSPHRASES)(
  'a key that the package protects is opened by OpenSSH (%s passphrase)',
  (name, passphrase) => {
    const file = join(scratch, `ours-${name}`);
    const key = utils.generateKeyPairSync('ecdsa', {
      bits: 256,
      cipher: 'aes256-ctr',
      passphrase,
      rounds: 16,
    });
    writeFileSync(file, key.private, { mode: 0o600 });
    const opened = (words: string) =>
      spawnSync('ssh-keygen', ['-y', '-P', words, '-f', file], { encoding: 'utf8' });
    expect(opened(passphrase).stdout.trim()).toContain(key.public.split(' ')[1]);
    expect(opened('wrong').status).not.toBe(0);
  },
);

test.each(PASSPHRASES)(
  'a key that OpenSSH protects is opened by the package (%s passphrase)',
  (name, passphrase) => {
    const file = join(scratch, `theirs-${name}`);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file]);
    const parsed = utils.parseKey(readFileSync(file), passphrase);
    if (parsed instanceof Error) throw parsed;
    expect(parsed.getPublicSSH().toString('base64')).toBe(readFileSync(`${file}.pub`, 'utf8').split(' ')[1]);
    expect(utils.parseKey(readFileSync(file), 'wrong')).toBeInstanceOf(Error);
  },
);
