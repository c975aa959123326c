import { SetupError } from '../errors.js';
import { type Digest, type Fingerprint, type Format, renewalDue } from '../fingerprint.js';
import { clean } from '../sanitize.js';
import { columns } from '../terminal/columns.js';
import { program } from '../terminal/program.js';
import { wrapLines } from '../terminal/wrap.js';
import { jsonText } from './json.js';

/**
 * Pure. What `fingerprint` prints on standard output: the value alone on one line; of several, each after its name.
 *
 * - colon: as `openssl x509 -fingerprint` prints it, AA:BB:…; the public key's in base64 (RFC 7469).
 * - hex: without colons and in small letters, because ESPHome takes nothing else (`ssl_fingerprints`, validate_fingerprint
 *   in esphome/components/mqtt/__init__.py), while the libraries of ESP8266 and ESP32 take either case.
 * - arduino: a string of C++ for `setFingerprint(const char *)` of ESP8266's BearSSL::WiFiClientSecure, which reads 20 pairs
 *   of hexadecimal digits with any number of spaces or colons between them, and nothing behind them
 *   (esp8266/Arduino, libraries/ESP8266WiFi/src/WiFiClientSecureBearSSL.cpp, since its pull request 5204).
 */
export function fingerprintLines(seen: Fingerprint, digests: readonly Digest[], format: Format): string {
  const lines = digests.map((digest) => {
    const value = inFormat(seen, digest, format);
    return digests.length === 1 ? value : `${digest.padEnd(8)}${value}`;
  });
  return `${lines.join('\n')}\n`;
}

function inFormat(seen: Fingerprint, digest: Digest, format: Format): string {
  const value = seen[digest];
  if (format === 'arduino') return `"${value}"`;
  if (format !== 'hex') return value;
  return digest === 'spki'
    ? Buffer.from(value, 'base64').toString('hex')
    : value.replaceAll(':', '').toLowerCase();
}

/** What was read, and where. */
export interface Sighting {
  host: string;
  /** undefined where no port was looked at. */
  port: number | undefined;
  served: Fingerprint | undefined;
  disk: Fingerprint | undefined;
}

/** Pure. Whether both certificates are one; undefined where only one of them was read. */
export function isSame({ served, disk }: Pick<Sighting, 'served' | 'disk'>): boolean | undefined {
  return served && disk && served.sha256 === disk.sha256;
}

/** Pure. What `fingerprint --json` prints: all of the presented certificate, or of the one on disk where only that was read. */
export function fingerprintJson({ host, port, served, disk }: Sighting): string {
  const json = {
    version: 1,
    host,
    port: port ?? null,
    ...(served ?? disk),
    from: { ...(served && { served }), ...(disk && { disk }) },
    same: isSame({ served, disk }) ?? null,
  };
  return jsonText(json);
}

/** Pure. For people: that a server presents another certificate than it has on disk. */
export function whatDiffers({ served, disk }: Pick<Sighting, 'served' | 'disk'>): SetupError {
  return new SetupError(
    [
      'The server presents another certificate than the one on its disk.',
      `  presented  SHA-1 ${served?.sha1}`,
      `  on disk    SHA-1 ${disk?.sha1}`,
    ].join('\n'),
    {
      code: 'fingerprints-differ',
      hint: `${program} doctor --fix makes the broker present the one on disk.`,
    },
  );
}

/**
 * What is known of the next renewal. certbot: it renews the certificate and keeps the key, as broker-setup has told it.
 * perhaps: somebody else's server. replaced: the server has another certificate by now.
 */
export type Renewal = 'certbot' | 'perhaps' | 'replaced';

/** More names would scroll away what matters. */
const MOST_NAMES = 4;

/**
 * Pure. What a person should know beside the value: whose certificate it is, until when it holds, when it changes.
 * @param where e.g. mqtt.example.org:8883
 */
export function fingerprintNotes(where: string, seen: Fingerprint, renewal: Renewal, now: Date): string {
  const all = [...seen.names, ...seen.addresses];
  const more = all.length - MOST_NAMES;
  const names = all.length === 0 ? seen.subject || 'nobody by name' : all.slice(0, MOST_NAMES).join(', ');
  const notes = [
    `The certificate of ${where} is for ${names}${more > 0 ? ` and ${more} more` : ''}.`,
    ...(seen.validTo <= now
      ? [`It expired on ${day(seen.validTo)}.`]
      : [`It is valid until ${day(seen.validTo)}.`, ...change(seen, renewal, now)]),
  ];
  return notes.map((note) => `${wrapLines(clean(note), columns() - 1).join('\n')}\n`).join('');
}

function change(seen: Fingerprint, renewal: Renewal, now: Date): string[] {
  if (renewal === 'replaced') return [];
  const due = renewalDue(seen);
  const when = due <= now ? 'any day now' : `about ${day(due)}`;
  return renewal === 'certbot'
    ? [`Its fingerprint changes ${when}, when certbot renews it. The public key (--spki) stays.`]
    : [
        `If certbot renews it, its fingerprint changes ${when}. The public key (--spki) stays where certbot is told to keep it (reuse_key), as broker-setup tells it.`,
      ];
}

/** In UTC, like the dates in certificates. */
function day(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
