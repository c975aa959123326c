import type { X509Certificate } from 'node:crypto';
import { endsAt } from '../../certificate-chain.js';
import type { Context } from '../../engine/step.js';
import {
  daysLeft,
  type Fingerprint,
  fingerprintOf,
  firstCertificate,
  renewalDue,
} from '../../fingerprint.js';
import type { Settings } from '../../settings/schema.js';

/** certbot's renewal configuration of one certificate, as far as it matters here. */
export interface Renewal {
  server: string | undefined;
  keyType: string | undefined;
  authenticator: string | undefined;
  /** A command of the owner's that makes room before each renewal, such as one that stops a web server. */
  preHook: string | undefined;
  reuseKey: boolean;
}

/**
 * Pure. renewal/<domain>.conf: an INI file with one section that counts, [renewalparams]. ConfigObj, which writes it, puts quotes
 * round values with a comma or a number sign.
 */
export function parseRenewal(conf: string): Renewal {
  const value = (name: string) =>
    new RegExp(`^${name}\\s*=\\s*(.*?)\\s*$`, 'm').exec(conf)?.[1]?.replace(/^(["'])(.*)\1$/, '$2');
  return {
    server: value('server'),
    keyType: value('key_type'),
    authenticator: value('authenticator'),
    preHook: value('pre_hook'),
    reuseKey: value('reuse_key') === 'True',
  };
}

/** certbot 0.40, the one of Ubuntu 20.04, makes RSA keys and nothing else (--key-type came with 1.10). */
export function choosesKeyType({ server }: Pick<Context, 'server'>): boolean {
  return !(server.id === 'ubuntu' && server.version === '20.04');
}

/** The type that the certificate's key is to have on this server. */
export function keyTypeOf(
  context: Pick<Context, 'settings' | 'server'>,
): Settings['certificate']['key_type'] {
  return choosesKeyType(context) ? context.settings.certificate.key_type : 'rsa';
}

const KEY_TYPES: readonly Settings['certificate']['key_type'][] = ['rsa', 'ecdsa'];

const DAY = 24 * 3600 * 1000;

/** Why a certificate will not do. */
export interface Shortcoming {
  /** Follows "the present one". */
  why: string;
  /** Whether the key must change, too. */
  key: boolean;
  /** The setting certificate.key_type with which the present certificate would do. */
  keyType?: Settings['certificate']['key_type'] | undefined;
  /** All names that the certificate covers: its successor covers them as well. */
  names: string[];
}

/**
 * How long a renewal that is due may wait, in milliseconds: certbot.timer looks twice a day, each time up to twelve hours late
 * (certbot.timer of Debian), and a server may be off for a night. Of short-lived certificates not more than a sixth.
 */
export const GRACE = { most: 2 * DAY, share: 6 } as const;

function grace({ validFrom, validTo }: Fingerprint): number {
  return Math.min(GRACE.most, (validTo.getTime() - validFrom.getTime()) / GRACE.share);
}

/**
 * Pure. undefined = the certificate will do: it is good, and its renewal is not overdue.
 * @param pem the server's own certificate first
 */
export function shortcoming(pem: string, renewal: Renewal, context: Context): Shortcoming | undefined {
  const certificate = firstCertificate(pem);
  if (!certificate) return { why: 'cannot be read', key: true, names: [] };
  const seen = fingerprintOf(certificate);
  const { names, key } = seen;
  const why = besidesKey(certificate, seen, renewal, context) ?? distrust(pem, context);
  if (key.type !== keyTypeOf(context)) {
    const keyType = KEY_TYPES.find((type) => type === key.type);
    const enough = why === undefined && choosesKeyType(context) ? keyType : undefined;
    return { why: `has a key of type ${key.type}`, key: true, keyType: enough, names };
  }
  return why === undefined ? undefined : { why, key: false, names };
}

/** After the roots of a private authority were replaced, clients trust only the new ones. */
function distrust(pem: string, { laptop: { caBundle } }: Context): string | undefined {
  if (caBundle === undefined || endsAt(pem, caBundle)) return undefined;
  return 'does not come from an authority of certificate.ca_bundle';
}

function besidesKey(
  certificate: X509Certificate,
  seen: Fingerprint,
  renewal: Renewal,
  { settings, now }: Context,
): string | undefined {
  if (certificate.checkHost(settings.domain) === undefined) return `does not cover ${settings.domain}`;
  if (renewal.server !== settings.certificate.directory) return 'comes from another certificate authority';
  if (seen.validTo.getTime() <= now.getTime()) return 'has expired';
  if (now.getTime() >= renewalDue(seen).getTime() + grace(seen))
    return `expires in ${daysLeft(seen, now)} days`;
  return undefined;
}
