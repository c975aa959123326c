import type { X509Certificate } from 'node:crypto';
import type { Context } from '../../engine/step.js';
import { fingerprintOf, firstCertificate } from '../../fingerprint.js';
import type { Settings } from '../../settings/schema.js';

/** certbot's renewal configuration of one certificate, as far as it matters here. */
export interface Renewal {
  server: string | undefined;
  keyType: string | undefined;
  authenticator: string | undefined;
  reuseKey: boolean;
}

/** Pure. renewal/<domain>.conf: an INI file with one section that counts, [renewalparams]. */
export function parseRenewal(conf: string): Renewal {
  const value = (name: string) => new RegExp(`^${name}\\s*=\\s*(.*?)\\s*$`, 'm').exec(conf)?.[1];
  return {
    server: value('server'),
    keyType: value('key_type'),
    authenticator: value('authenticator'),
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

const DAY = 24 * 3600 * 1000;

/** Why a certificate will not do. */
export interface Shortcoming {
  /** Follows "the present one". */
  why: string;
  /** Whether the key must change, too. */
  key: boolean;
  /** All names that the certificate covers: its successor covers them as well. */
  names: string[];
}

/**
 * Pure. undefined = the certificate will do.
 * Expiry: 30 days, the margin of certbot before 4.0; of certificates that live shorter than 90 days a third, as from 4.0 on.
 * @param pem the server's own certificate first
 */
export function shortcoming(pem: string, renewal: Renewal, context: Context): Shortcoming | undefined {
  const { settings, now } = context;
  const certificate = firstCertificate(pem);
  if (!certificate) return { why: 'cannot be read', key: true, names: [] };
  const { names } = fingerprintOf(certificate);
  const type = typeOf(certificate);
  if (type !== keyTypeOf(context)) return { why: `has a key of type ${type}`, key: true, names };
  const short = (why: string) => ({ why, key: false, names });
  if (certificate.checkHost(settings.domain) === undefined) return short(`does not cover ${settings.domain}`);
  if (renewal.server !== settings.certificate.directory)
    return short('comes from another certificate authority');
  const left = new Date(certificate.validTo).getTime() - now.getTime();
  const life = new Date(certificate.validTo).getTime() - new Date(certificate.validFrom).getTime();
  if (left <= 0) return short('has expired');
  if (left <= Math.min(30 * DAY, life / 3)) return short(`expires in ${Math.floor(left / DAY)} days`);
  return undefined;
}

function typeOf(certificate: X509Certificate): string {
  const type = certificate.publicKey.asymmetricKeyType;
  return type === 'ec' ? 'ecdsa' : (type ?? 'unknown');
}
