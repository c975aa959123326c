import { createHash, X509Certificate } from 'node:crypto';

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
  subject: string;
  issuer: string;
  /** DNS names that the certificate is valid for. */
  names: string[];
}

/** Pure. */
export function fingerprintOf(certificate: X509Certificate): Fingerprint {
  const publicKey = certificate.publicKey.export({
    type: 'spki',
    format: 'der',
  });
  return {
    sha1: certificate.fingerprint,
    sha256: certificate.fingerprint256,
    spki: createHash('sha256').update(publicKey).digest('base64'),
    // validToDate does not exist on Node 20.
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: dnsNames(certificate.subjectAltName ?? ''),
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

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

function dnsNames(subjectAltName: string): string[] {
  return subjectAltName.split(', ').flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4)] : []));
}
