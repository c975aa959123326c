import { describe, expect, it } from 'vitest';
import { sshdConfig } from '../../src/steps/sshd-config.js';
import { sshdDropIn, sshdSettings } from '../../src/templates/sshd-drop-in.js';
import { answering, base64, contextFor, findings, fixture, ids } from '../context.js';

const context = contextFor();
const done = fixture('sshd-config', 'bookworm-done');
const told = (name: string) =>
  Buffer.from(new RegExp(`^${name}=(.*)$`, 'm').exec(done)?.[1] ?? '', 'base64').toString();

describe('sshd-config', () => {
  it('finds nothing on servers that were set up', () => {
    expect(ids(sshdConfig, done, context)).toEqual([]);
    expect(ids(sshdConfig, fixture('sshd-config', 'trixie-done'), context)).toEqual([]);
  });

  it('lays down a drop-in that comes before those of cloud images, and only validated', () => {
    const found = findings(sshdConfig, fixture('sshd-config', 'trixie-fresh'), context);
    expect(found).toMatchObject([{ id: 'sshd-config.drop-in', change: { kind: 'write' } }]);
    const change = found[0]?.change;
    if (change?.kind !== 'write') throw new Error('no write');
    expect(change.files.map((file) => file.path)).toEqual(['/etc/ssh/sshd_config.d/00-broker-setup.conf']);
    expect(change.activate?.run).toMatch(/sshd -t[\s\S]*restart/);
  });

  it.each([
    ['passwordauthentication no', 'passwordauthentication yes', 'PasswordAuthentication'],
    ['permitrootlogin no', 'permitrootlogin without-password', 'PermitRootLogin'],
    ['kbdinteractiveauthentication no', 'kbdinteractiveauthentication yes', 'KbdInteractiveAuthentication'],
  ])('believes what is in force, not the file: %s', (is, would, name) => {
    const seen = answering(done, 'effective', base64(told('effective').replace(is, would)));
    expect(findings(sshdConfig, seen, context)).toMatchObject([
      { id: 'sshd-config.overruled', level: 'stop', summary: expect.stringContaining(name) },
    ]);
  });

  it('sees a Match block that is about root only', () => {
    const seen = told('effective').replace(
      /effective-root=permitrootlogin no/,
      'effective-root=permitrootlogin yes',
    );
    expect(ids(sshdConfig, answering(done, 'effective', base64(seen)), context)).toEqual([
      'sshd-config.overruled',
    ]);
  });

  it('does not vouch for logins that a Match block is about', () => {
    const found = findings(sshdConfig, answering(done, 'matches', 'Match User backup '), context);
    expect(found).toMatchObject([
      { id: 'sshd-config.match', level: 'warn', summary: expect.stringContaining('Match User backup') },
    ]);
  });

  it('takes an unknown start for no sign of an old sshd', () => {
    expect(ids(sshdConfig, answering(done, 'started', ''), context)).toEqual([]);
  });

  it('restarts an sshd that started before the file was changed', () => {
    expect(ids(sshdConfig, answering(done, 'changed', '9999999999'), context)).toEqual([
      'sshd-config.running',
    ]);
  });

  it('cannot be checked where sshd tells nothing, and so is never in place', () => {
    expect(() => ids(sshdConfig, answering(done, 'effective', ''), context)).toThrow('sshd -T');
  });
});

describe('the drop-in', () => {
  const known = {
    kex: ['curve25519-sha256', 'diffie-hellman-group1-sha1'],
    ciphers: ['aes128-ctr'],
    macs: ['hmac-sha2-256-etm@openssh.com'],
  };

  it('names only algorithms that this OpenSSH knows, and never more than wanted', () => {
    expect(sshdSettings(known).get('KexAlgorithms')).toBe('curve25519-sha256');
  });

  it('uses the old names for the OpenSSH of Ubuntu 20.04', () => {
    const text = sshdDropIn(sshdSettings(known), 802);
    expect(text).toContain('\nChallengeResponseAuthentication no\n');
    expect(text).toContain('\nPubkeyAcceptedKeyTypes ');
    expect(text).not.toContain('KbdInteractiveAuthentication');
  });
});
