import type { X509Certificate } from 'node:crypto';
import { firstCertificate } from './fingerprint.js';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Pure. The certificates of a PEM text, each as a PEM block of its own; an empty list where there is none. */
export function pemBlocks(text: string): string[] {
  return text.match(PEM) ?? [];
}

/**
 * Pure. Whether a chain, the server's own certificate first, ends at one of these roots: that clients which trust the roots trust
 * it. Dates and names are not looked at, nor what cannot be read as a certificate.
 */
export function endsAt(chain: string, roots: string): boolean {
  const [own, ...others] = readable(chain);
  const trusted = readable(roots);
  const signed = (by: X509Certificate, one: X509Certificate) =>
    one.checkIssued(by) && one.verify(by.publicKey);
  let last = own;
  while (last !== undefined) {
    const current = last;
    if (trusted.some((root) => root.raw.equals(current.raw) || signed(root, current))) return true;
    const index = others.findIndex((one) => signed(one, current));
    last = index === -1 ? undefined : others.splice(index, 1)[0];
  }
  return false;
}

const readable = (text: string): X509Certificate[] =>
  pemBlocks(text).flatMap((pem) => firstCertificate(pem) ?? []);
