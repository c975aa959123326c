import { describe, expect, it } from 'vitest';
import { limitsOf, optionsOf, refusalOf } from '../../../src/steps/sshd-config/authorized-keys.js';

const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIJrsFQx3pHgXKLg6Ip9Bg6rOYdX6UIV0LZ2ScDfMvjxJ';
const optionsIn = (line: string) => [...(optionsOf([line]).values().next().value ?? [])];
const rules = {
  accepted: ['ssh-ed25519', 'rsa-sha2-512', 'sk-ssh-ed25519@openssh.com'],
  rsaBits: 2048,
  now: new Date('2026-11-30T12:00:00Z'),
};
const refused = (type: string, bits = 256, options: readonly [string, string][] = []) =>
  refusalOf({ type, bits }, new Map(options), rules);

describe('a line of authorized keys', () => {
  it.each<[string, string, [string, string][]]>([
    ['without options', `ssh-ed25519 ${BLOB} ada@lab`, []],
    [
      'with some',
      `restrict,from="10.0.0.0/8,::1" ssh-ed25519 ${BLOB}`,
      [
        ['restrict', ''],
        ['from', '10.0.0.0/8,::1'],
      ],
    ],
    [
      'with blanks and quotes in one',
      `command="echo \\"a b\\"" ssh-ed25519 ${BLOB} x`,
      [['command', 'echo \\"a b\\"']],
    ],
    ['in capitals', `  CERT-Authority ssh-ed25519 ${BLOB}`, [['cert-authority', '']]],
  ])('%s', (_, line, expected) => {
    expect(optionsIn(line)).toEqual(expected);
  });

  it('that is a comment or no key has none', () => {
    expect(optionsOf([`# restrict ssh-ed25519 ${BLOB}`, 'nonsense', '']).size).toBe(0);
  });
});

describe('a key', () => {
  it.each<[string, string | undefined, RegExp | undefined]>([
    ['of today', refused('ED25519'), undefined],
    ['of a token', refused('ED25519-SK'), undefined],
    ['of RSA', refused('RSA', 3072), undefined],
    ['of RSA, too short', refused('RSA', 1024), /shorter than 2048/],
    ['of a NIST curve', refused('ECDSA'), /ECDSA are not accepted/],
    ['of a token with a NIST curve', refused('ECDSA-SK'), /ECDSA-SK are not accepted/],
    ['of DSA', refused('DSA', 1024), /DSA are not accepted/],
    ['that is a certificate', refused('ED25519-CERT'), /is a certificate/],
    ['that has expired', refused('ED25519', 256, [['expiry-time', '20261129']]), /valid until 20261129/],
    ['that will expire', refused('ED25519', 256, [['expiry-time', '202612011200Z']]), undefined],
    ['of an authority', refused('ED25519', 256, [['cert-authority', '']]), /takes none/],
  ])('case 221: %s', (_, seen, expected) => {
    if (expected === undefined) expect(seen).toBeUndefined();
    else expect(seen).toMatch(expected);
  });

  it('case 221: of an authority counts where certificates are accepted', () => {
    const accepted = ['ssh-ed25519-cert-v01@openssh.com'];
    expect(
      refusalOf({ type: 'RSA', bits: 512 }, new Map([['cert-authority', '']]), { ...rules, accepted }),
    ).toBeUndefined();
  });

  it('case 221: says what narrows it', () => {
    expect(
      limitsOf(
        new Map([
          ['from', '10.0.0.1'],
          ['command', 'true'],
          ['cert-authority', ''],
        ]),
      ),
    ).toEqual(['with its certificates', 'from 10.0.0.1 only', 'runs only “true”']);
  });
});
