import { describe, expect, it } from 'vitest';
import { fingerprintOf, firstCertificate } from '../../src/fingerprint.js';
import {
  fingerprintJson,
  fingerprintLines,
  fingerprintNotes,
  isSame,
} from '../../src/ui/fingerprint-lines.js';
import { selfSigned } from '../proofs/self-signed.js';

const certificate = firstCertificate(
  selfSigned({ alternatives: 'DNS:mqtt.example.org,IP:2001:db8::1' }).cert,
);
if (!certificate) throw new Error('openssl made no certificate');
const seen = fingerprintOf(certificate);

describe('what fingerprint prints', () => {
  it('is the value alone, on one line', () => {
    expect(fingerprintLines(seen, ['sha1'], 'colon')).toBe(`${seen.sha1}\n`);
    expect(fingerprintLines(seen, ['sha256'], 'colon')).toBe(`${seen.sha256}\n`);
    expect(fingerprintLines(seen, ['spki'], 'colon')).toBe(`${seen.spki}\n`);
  });

  it('is hexadecimal in small letters, as ESPHome wants it', () => {
    // validate_fingerprint in esphome/components/mqtt/__init__.py
    expect(fingerprintLines(seen, ['sha1'], 'hex')).toMatch(/^[0-9a-f]{40}\n$/);
    expect(fingerprintLines(seen, ['sha256'], 'hex')).toMatch(/^[0-9a-f]{64}\n$/);
    const spki = fingerprintLines(seen, ['spki'], 'hex');
    expect(Buffer.from(spki.trim(), 'hex').toString('base64')).toBe(seen.spki);
  });

  it('is a string of C++ that setFingerprint understands', () => {
    const literal = fingerprintLines(seen, ['sha1'], 'arduino').trim();
    expect(setFingerprint(JSON.parse(literal))).toEqual(Buffer.from(seen.sha1.replaceAll(':', ''), 'hex'));
  });

  it('is one line each where all are asked for, after their names', () => {
    expect(fingerprintLines(seen, ['sha1', 'sha256', 'spki'], 'colon')).toBe(
      `sha1    ${seen.sha1}\nsha256  ${seen.sha256}\nspki    ${seen.spki}\n`,
    );
  });
});

/** What BearSSL::WiFiClientSecure::setFingerprint(const char *) makes of its argument; undefined where it refuses it. */
function setFingerprint(text: string): Buffer | undefined {
  const pairs = /^(?:([0-9A-Fa-f]{2})[ :]*){20}$/.test(text) ? text.match(/[0-9A-Fa-f]{2}/g) : null;
  return pairs ? Buffer.from(pairs.join(''), 'hex') : undefined;
}

describe('the JSON', () => {
  const where = { host: 'mqtt.example.org', port: 8883 };

  it('has all of the served certificate, and both where both were read', () => {
    const other = { ...seen, sha1: 'AA', sha256: 'BB' };
    const json = JSON.parse(fingerprintJson({ ...where, served: seen, disk: other }));
    expect(json).toMatchObject({
      version: 1,
      ...where,
      sha1: seen.sha1,
      sha256: seen.sha256,
      spki: seen.spki,
      subject: 'CN=mqtt.example.org',
      issuer: 'CN=mqtt.example.org',
      names: ['mqtt.example.org'],
      addresses: ['2001:db8::1'],
      serial: certificate.serialNumber,
      validFrom: seen.validFrom.toISOString(),
      validTo: seen.validTo.toISOString(),
      key: { type: 'ecdsa', curve: 'prime256v1' },
      from: { served: { sha1: seen.sha1 }, disk: { sha1: 'AA' } },
      same: false,
    });
  });

  it('says so where only one was read', () => {
    const json = JSON.parse(fingerprintJson({ host: 'a', port: undefined, served: undefined, disk: seen }));
    expect(json).toMatchObject({ port: null, sha1: seen.sha1, same: null });
    expect(Object.keys(json.from)).toEqual(['disk']);
  });
});

it('two certificates are one where their SHA-256 is', () => {
  expect(isSame({ served: seen, disk: { ...seen } })).toBe(true);
  expect(isSame({ served: seen, disk: { ...seen, sha256: 'AA' } })).toBe(false);
  expect(isSame({ served: seen, disk: undefined })).toBeUndefined();
});

describe('what a person is told beside it', () => {
  const lived = { ...seen, validFrom: new Date('2026-01-01'), validTo: new Date('2026-04-01') };
  const told = (change: Partial<typeof seen>, on: string, renewal: 'certbot' | 'perhaps' | 'replaced') =>
    fingerprintNotes('mqtt.example.org:8883', { ...lived, ...change }, renewal, new Date(on)).replaceAll(
      /\n(?!$)/g,
      ' ',
    );

  it('case 56: is whose it is, until when it holds and when it changes', () => {
    expect(told({}, '2026-02-01', 'certbot')).toBe(
      'The certificate of mqtt.example.org:8883 is for mqtt.example.org, 2001:db8::1. It is valid until 1 April 2026. ' +
        'Its fingerprint changes about 2 March 2026, when certbot renews it. The public key (--spki) stays.\n',
    );
  });

  it.each<[string, RegExp, Parameters<typeof told>]>([
    ['due', /changes any day now/, [{}, '2026-03-02', 'certbot']],
    ['somebody else’s', /If certbot renews it, .* 2 March 2026.*reuse_key/, [{}, '2026-02-01', 'perhaps']],
    ['replaced', /until 1 April 2026\.\n$/, [{}, '2026-02-01', 'replaced']],
    ['expired', /It expired on 1 April 2026\.\n$/, [{}, '2026-04-01', 'certbot']],
    ['without names', /is for CN=mqtt/, [{ names: [], addresses: [] }, '2026-02-01', 'certbot']],
    [
      'without anything',
      /is for nobody by name/,
      [{ names: [], addresses: [], subject: '' }, '2026-02-01', 'certbot'],
    ],
    [
      'for many names',
      /is for a, b, c, d and 2 more\./,
      [{ names: ['a', 'b', 'c', 'd', 'e'], addresses: ['::1'] }, '2026-02-01', 'certbot'],
    ],
  ])('fits a certificate that is %s', (_, expected, args) => {
    expect(told(...args)).toMatch(expected);
  });

  it('fits 80 columns and holds nothing that a terminal obeys', () => {
    const text = fingerprintNotes(
      'a:1',
      { ...lived, names: ['\u001b[2J\u202eevil'] },
      'perhaps',
      new Date(0),
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(80);
    for (const sign of ['\u001b', '\u202e']) expect(text).not.toContain(sign);
  });
});
