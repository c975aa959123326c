import { createHash, X509Certificate } from 'node:crypto';

/** How a fingerprint is written. */
export type Format = 'colon' | 'hex' | 'arduino';

/** What identifies a certificate, in the spellings that devices and openssl use. */
export interface Fingerprint {
  /** Of the whole certificate, AA:BB:…; what ESP8266's setFingerprint takes. Changes with every renewal. */
  sha1: string;
  /** Of the whole certificate, AA:BB:…; what ESP32's verify takes. Changes with every renewal. */
  sha256: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), base64 as in RFC 7469; stays while the key is kept. */
  spki: string;
  validFrom: Date;
  validTo: Date;
  /** Empty where the certificate has none, which RFC 5280 section 4.1.2.6 allows. */
  subject: string;
  issuer: string;
  /** DNS names that the certificate is valid for. */
  names: string[];
  /** IP addresses that the certificate is valid for, IPv6 as in RFC 5952. */
  addresses: string[];
  /** Hexadecimal, as openssl prints it. */
  serial: string;
  key: PublicKey;
}

/** One of the values that identify a certificate. */
export type Digest = keyof Pick<Fingerprint, 'sha1' | 'sha256' | 'spki'>;

/** Kind and size of a public key. */
export interface PublicKey {
  /** rsa, ecdsa, ed25519 ... */
  type: string;
  /** Length of an RSA or DSA key. */
  bits?: number;
  /** Of an ECDSA key, as OpenSSL calls it, e.g. prime256v1. */
  curve?: string;
}

/** Pure. */
export function fingerprintOf(certificate: X509Certificate): Fingerprint {
  const publicKey = certificate.publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const alternatives = subjectAltNames(certificate.subjectAltName ?? '');
  return {
    sha1: certificate.fingerprint,
    sha256: certificate.fingerprint256,
    spki: createHash('sha256').update(publicKey).digest('base64'),
    // validToDate does not exist on Node 20.
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: alternatives.flatMap(([kind, value]) => (kind === 'DNS' ? [value] : [])),
    addresses: alternatives.flatMap(([kind, value]) => (kind === 'IP Address' ? [shortAddress(value)] : [])),
    serial: certificate.serialNumber,
    key: keyOf(certificate),
  };
}

/** The first certificate of a PEM file, which is the server's own; undefined where there is none that can be read. */
export function firstCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const DAY = 24 * 3600 * 1000;

/** Pure. Whole days until a certificate ends; negative once it has ended. */
export function daysLeft({ validTo }: Pick<Fingerprint, 'validTo'>, now: Date): number {
  return Math.floor((validTo.getTime() - now.getTime()) / DAY);
}

/**
 * Pure. From when on a certificate is due for renewal: 30 days before its end, the margin of certbot before 4.0; of
 * certificates that live shorter than 90 days a third of their life before, as from certbot 4.0 on (its changelog).
 */
export function renewalDue({ validFrom, validTo }: Pick<Fingerprint, 'validFrom' | 'validTo'>): Date {
  const life = validTo.getTime() - validFrom.getTime();
  return new Date(validTo.getTime() - Math.min(30 * DAY, life / 3));
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** Node writes `DNS:a, IP Address:::1`, and puts a value that could be mistaken for more of them in quotes, as JSON. */
function subjectAltNames(text: string): [kind: string, value: string][] {
  return [...text.matchAll(/([^:,]+):("(?:\\.|[^"\\])*"|[^,]*)(?:, |$)/g)].map(
    ([, kind = '', value = '']): [string, string] => [
      kind,
      value.startsWith('"') ? String(JSON.parse(value)) : value,
    ],
  );
}

/** OpenSSL writes all eight groups of an IPv6 address, in capitals. */
function shortAddress(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

function keyOf({ publicKey }: X509Certificate): PublicKey {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = publicKey;
  return {
    type: type === 'ec' ? 'ecdsa' : type,
    ...(details?.modulusLength === undefined ? {} : { bits: details.modulusLength }),
    ...(details?.namedCurve === undefined ? {} : { curve: details.namedCurve }),
  };
}
