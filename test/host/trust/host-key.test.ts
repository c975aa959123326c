import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.js';
import type { Target } from '../../../src/host/host.js';
import { hostKeyOrder } from '../../../src/host/ssh/connection.js';
import {
  hostKey,
  judge,
  type KnownKey,
  knownHostsName,
  type Verdict,
} from '../../../src/host/trust/host-key.js';

/** Made by `ssh-keygen -t ed25519`; the fingerprint is what `ssh-keygen -lf` printed for it. */
const BASE64 = 'AAAAC3NzaC1lZDI1NTE5AAAAICoHMmiAk0BuXrzqTfYAvW3b8bGCgrtmF0OlDJ3e/HgH';
const shown = hostKey(Buffer.from(BASE64, 'base64'));
const key = (base64: string, more: Partial<KnownKey> = {}): KnownKey => ({
  type: 'ssh-ed25519',
  base64,
  ...more,
});
const target = (more: Partial<Target> = {}): Target => ({
  name: 'box',
  hostname: '203.0.113.7',
  port: 22,
  user: 'root',
  identityFiles: [],
  identityAgent: undefined,
  identitiesOnly: false,
  knownHostsFiles: ['/home/me/.ssh/known_hosts'],
  hostKeyAlias: undefined,
  jumps: [],
  proxyCommand: undefined,
  certificateFiles: [],
  sshOptions: [],
  transport: 'node',
  ...more,
});
const named = (verdict: Verdict): string => (verdict instanceof SetupError ? verdict.code : verdict);

describe('judge', () => {
  it.each<[string, KnownKey[], string | undefined, string]>([
    ['nothing known', [], undefined, 'ask'],
    ['nothing known, expected', [], shown.fingerprint, 'expected'],
    ['nothing known, expected without its prefix', [], shown.fingerprint.slice(7), 'expected'],
    ['nothing known, another expected', [], 'SHA256:AAAA', 'host-key-unexpected'],
    ['known', [key(BASE64)], undefined, 'known'],
    ['known, another expected', [key(BASE64)], 'SHA256:AAAA', 'host-key-unexpected'],
    ['another known', [key('AAAA')], undefined, 'host-key-changed'],
    ['another known, and yet expected', [key('AAAA')], shown.fingerprint, 'host-key-changed'],
    ['another type known', [key('AAAA', { type: 'ssh-rsa' })], undefined, 'host-key-changed'],
    ['known and another one as well', [key('AAAA'), key(BASE64)], undefined, 'known'],
    ['revoked', [key(BASE64), key(BASE64, { marker: 'revoked' })], undefined, 'host-key-revoked'],
    ['only an authority', [key('AAAA', { marker: 'cert-authority' })], undefined, 'ask'],
  ])('%s', (_name, known, expected, verdict) => {
    expect(named(judge(target(), shown, known, expected))).toBe(verdict);
  });

  it('case 8: prints the command that forgets the old key, with the file only where it is another', () => {
    const hint = (more: Partial<Target>): string => {
      const verdict = judge(target(more), shown, [key('AAAA')], undefined);
      return verdict instanceof SetupError ? (verdict.hint ?? '') : '';
    };
    expect(hint({})).toMatch(/ssh-keygen -R "203\.0\.113\.7"$/);
    expect(hint({ port: 2222, knownHostsFiles: ['/srv/known'] })).toMatch(
      /ssh-keygen -R "\[203\.0\.113\.7\]:2222" -f "\/srv\/known"$/,
    );
  });
});

it('reads type and fingerprint out of a raw key', () => {
  expect(shown).toEqual({
    type: 'ssh-ed25519',
    base64: BASE64,
    fingerprint: 'SHA256:QkGt/2519tqRQeKEDjC2iJ9ZRLbm7ThoWebYwDuGmsE',
  });
});

it('spells hosts as known_hosts does', () => {
  expect(knownHostsName(target())).toBe('203.0.113.7');
  expect(knownHostsName(target({ port: 2222 }))).toBe('[203.0.113.7]:2222');
  expect(knownHostsName(target({ port: 2222, hostKeyAlias: 'box' }))).toBe('box');
});

it('asks for known types first', () => {
  expect(hostKeyOrder([key('A', { type: 'ssh-rsa' })]).slice(0, 3)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
  ]);
  expect(hostKeyOrder([])[0]).toBe('ssh-ed25519');
});

it.each(['ssh-ed25519\nevil ssh-rsa AAAA', '\u001b[2J', '', 'x'.repeat(65)])(
  'names no type %j of a server',
  (name) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    expect(hostKey(Buffer.concat([length, Buffer.from(name, 'latin1')])).type).toBe('unknown');
  },
);
