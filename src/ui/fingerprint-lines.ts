import type { Fingerprint } from '../fingerprint.js';

/** The three fingerprints and until when they hold, aligned. */
export function fingerprintLines(where: string, seen: Fingerprint): string {
  const rows: [string, string][] = [
    ['Certificate of', where],
    ['Names', seen.names.join(', ') || seen.subject],
    ['SHA-1', seen.sha1],
    ['SHA-256', seen.sha256],
    ['Public key', `${seen.spki} (SHA-256, base64)`],
    [
      'Valid until',
      new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(seen.validTo),
    ],
  ];
  return `${rows.map(([label, value]) => `${label.padEnd(15)}${value}`).join('\n')}\n`;
}
