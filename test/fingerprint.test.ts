import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, firstCertificate, renewalDue } from '../src/fingerprint.js';
import { issueFor } from './proofs/authority.js';
import { ECDSA, RSA, selfSigned, type Wish } from './proofs/self-signed.js';

const names = 'DNS:mqtt.example.org,DNS:mqtt2.example.org';
const addresses = 'DNS:mqtt.example.org,IP:192.0.2.7,IP:2001:db8::1';

/** Each of them as openssl prints it, and as `fingerprintOf` tells it. */
function bothWays(pem: string) {
  const openssl = (command: string) =>
    execFileSync('sh', ['-c', command], { input: pem, encoding: 'utf8' })
      .trim()
      .replace(/^(?:\w+ Fingerprint|serial|not\w+)=/, '');
  const certificate = firstCertificate(pem);
  if (!certificate) throw new Error('openssl made no certificate');
  return { openssl, seen: fingerprintOf(certificate) };
}

describe.each<[string, () => string]>([
  ['RSA', wish({ key: RSA, alternatives: names })],
  ['ECDSA', wish({ key: ECDSA, alternatives: names })],
  ['ECDSA on another curve', wish({ key: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'] })],
  ['Ed25519', wish({ key: ['-newkey', 'ed25519'] })],
  ['expired', wish({ expired: true })],
  ['expired RSA', wish({ expired: true, key: RSA })],
  ['signed by an authority', () => issueFor('mqtt.example.org').cert],
  ['without subject', wish({ subject: '/', alternatives: names })],
  ['for addresses', wish({ alternatives: addresses })],
])('the fingerprints of a certificate: %s', (_, make) => {
  it('are those that openssl prints', () => {
    const { openssl, seen } = bothWays(make());
    expect(seen.sha1).toBe(openssl('openssl x509 -noout -fingerprint -sha1'));
    expect(seen.sha256).toBe(openssl('openssl x509 -noout -fingerprint -sha256'));
    const der = 'openssl x509 -noout -pubkey | openssl pkey -pubin -outform der';
    expect(seen.spki).toBe(openssl(`${der} | openssl dgst -sha256 -binary | base64`));
    expect(seen.serial).toBe(openssl('openssl x509 -noout -serial'));
    expect(seen.validFrom).toEqual(new Date(openssl('openssl x509 -noout -startdate')));
    expect(seen.validTo).toEqual(new Date(openssl('openssl x509 -noout -enddate')));
  });
});

function wish(wanted: Wish): () => string {
  return () => selfSigned(wanted).cert;
}

describe('what else is told of a certificate', () => {
  const told = (wanted: Wish) => bothWays(selfSigned(wanted).cert).seen;

  it('names, issuer and dates', () => {
    const seen = told({ alternatives: names });
    expect(seen).toMatchObject({
      subject: 'CN=mqtt.example.org',
      issuer: 'CN=mqtt.example.org',
      names: ['mqtt.example.org', 'mqtt2.example.org'],
      addresses: [],
    });
    expect(seen.validTo.getTime() - seen.validFrom.getTime()).toBe(60 * 24 * 3600 * 1000);
  });

  it('addresses, apart from the names, IPv6 in its short form', () => {
    expect(told({ alternatives: addresses })).toMatchObject({
      names: ['mqtt.example.org'],
      addresses: ['192.0.2.7', '2001:db8::1'],
    });
  });

  it('no subject where there is none', () => {
    expect(told({ subject: '/' })).toMatchObject({ subject: '', issuer: '', names: [] });
  });

  it('one name where one pretends to be two', () => {
    const name = Buffer.from('a.example.org, DNS:evil.example.org');
    // GeneralNames with one dNSName, RFC 5280 section 4.2.1.6: openssl's own notation would take the comma for its end.
    const der = Buffer.concat([Buffer.from([0x30, name.length + 2, 0x82, name.length]), name]);
    expect(told({ alternatives: `DER:${der.toString('hex')}` }).names).toEqual([name.toString()]);
  });

  it.each([
    [RSA, { type: 'rsa', bits: 2048 }],
    [ECDSA, { type: 'ecdsa', curve: 'prime256v1' }],
    [['-newkey', 'ed25519'], { type: 'ed25519' }],
  ])('the key: %j', (key, expected) => {
    expect(told({ key }).key).toEqual(expected);
  });
});

it('finds no certificate in what is none', () => {
  expect(firstCertificate('')).toBeUndefined();
  expect(firstCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toBeUndefined();
});

it.each([
  ['90 days', '2026-01-01', '2026-04-01', '2026-03-02'],
  ['a year', '2026-01-01', '2027-01-01', '2026-12-02'],
  ['45 days', '2026-01-01', '2026-02-15', '2026-01-31'],
  ['6 days', '2026-01-01', '2026-01-07', '2026-01-05'],
])(
  'a certificate of %s is due for renewal 30 days or a third of its life before its end',
  (_, from, to, due) => {
    expect(renewalDue({ validFrom: new Date(from), validTo: new Date(to) })).toEqual(new Date(due));
  },
);
