import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprintOf, firstCertificate } from '../src/fingerprint.js';

const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
const sh = (script: string) => execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim();

describe.each([
  ['RSA', ['-newkey', 'rsa:2048']],
  ['ECDSA', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']],
])('the fingerprints of an %s certificate', (type, key) => {
  const file = join(folder, `${type}.pem`);
  openssl(
    ...['req', '-x509', '-nodes', ...key, '-keyout', join(folder, 'key'), '-out', file, '-days', '60'],
    ...[
      '-subj',
      '/CN=mqtt.example.org',
      '-addext',
      'subjectAltName=DNS:mqtt.example.org,DNS:mqtt2.example.org',
    ],
  );
  const certificate = firstCertificate(readFileSync(file, 'utf8'));
  if (!certificate) throw new Error('openssl made no certificate');
  const fingerprint = fingerprintOf(certificate);

  it('are those that openssl prints', () => {
    const print = (digest: string) =>
      openssl('x509', '-in', file, '-noout', '-fingerprint', digest).replace(/^[^=]*=/, '');
    expect(fingerprint.sha1).toBe(print('-sha1'));
    expect(fingerprint.sha256).toBe(print('-sha256'));
    expect(fingerprint.spki).toBe(
      sh(
        `openssl x509 -in '${file}' -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`,
      ),
    );
  });

  it('come with names and dates', () => {
    expect(fingerprint).toMatchObject({
      subject: 'CN=mqtt.example.org',
      issuer: 'CN=mqtt.example.org',
      names: ['mqtt.example.org', 'mqtt2.example.org'],
    });
    const end = openssl('x509', '-in', file, '-noout', '-enddate').replace('notAfter=', '');
    expect(fingerprint.validTo).toEqual(new Date(end));
    expect(fingerprint.validTo.getTime() - fingerprint.validFrom.getTime()).toBe(60 * 24 * 3600 * 1000);
  });
});

it('finds no certificate in what is none', () => {
  expect(firstCertificate('')).toBeUndefined();
  expect(firstCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toBeUndefined();
});
