import type { X509Certificate } from 'node:crypto';
import type { SecureVersion, TLSSocket } from 'node:tls';
import type { Listener } from '../engine/broker-facts.js';
import type { Asking, Proof, Proved } from '../engine/step.js';
import { SetupError } from '../errors.js';
import { handshake, isUnreached, nameToAskFor, type TlsDoor } from './handshake.js';
import { type Trust, trustOf } from './trust.js';

/** What a TLS port was seen to present. Nothing of it is trusted: it is what is reported. */
export interface Served {
  certificate: X509Certificate;
  /** undefined: the chain leads to a known root and the certificate covers the name. Otherwise why not, e.g. CERT_HAS_EXPIRED. */
  distrust: string | undefined;
  /** e.g. TLSv1.3 */
  protocol: string;
  cipher: string;
}

export interface TlsTarget extends TlsDoor {
  /** PEM roots instead of the well-known ones. */
  ca?: Trust['ca'];
  /** The one version of TLS to speak; default: whatever both sides like best. */
  version?: SecureVersion;
}

/**
 * Completes one TLS handshake and reports what was presented.
 * @throws SetupError tls-failed, with the network's or OpenSSL's error as its cause
 */
export function servedCertificate({ address, port, servername, ca, version }: TlsTarget): Promise<Served> {
  const options = {
    host: address,
    port,
    ...nameToAskFor(servername),
    rejectUnauthorized: false,
    ...(ca === undefined ? {} : { ca }),
    // OpenSSL 3 speaks versions below 1.2 only at its lowest level of security.
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
    ...(version === 'TLSv1' || version === 'TLSv1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
  };
  return handshake(options, describe);
}

function describe(socket: TLSSocket): Served | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  return {
    certificate,
    // Typed as Error, but it is the code of one: OpenSSL's name of the X.509 error, or Node's own.
    distrust: socket.authorized ? undefined : String(socket.authorizationError),
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
  };
}

const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known to this computer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known to this computer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known to this computer',
};

/** Why a certificate is not trusted, for people. */
export function inWords(distrust: string): string {
  return WORDS[distrust] ?? distrust;
}

/** Each encrypted port that the world may reach presents a certificate that clients trust, over TLS 1.2 and 1.3 and nothing older. */
export function tlsProofs({ broker, settings, laptop }: Asking): Proof[] {
  const { domain } = settings;
  return broker
    .listeners(settings)
    .filter(({ tls, transport, reach }) => tls && transport === 'tcp' && reach === 'world')
    .map((listener) => ({
      id: `tls.${listener.port}`,
      title: `${listener.title} (${listener.port}) presents a trusted certificate of ${domain}, over TLS 1.2 and 1.3 only`,
      run: ({ address }) =>
        prove(listener, {
          address,
          port: listener.port,
          servername: domain,
          ...trustOf(laptop),
        }),
    }));
}

async function prove(listener: Listener, target: TlsTarget): Promise<Proved> {
  const attempt = (version: SecureVersion) =>
    servedCertificate({ ...target, version }).catch((error: unknown) => error as SetupError);
  const [old, middle, modern] = await Promise.all([
    attempt('TLSv1.1'),
    attempt('TLSv1.2'),
    attempt('TLSv1.3'),
  ]);
  for (const [version, seen] of [
    ['1.2', middle],
    ['1.3', modern],
  ] as const) {
    if (seen instanceof SetupError)
      return { ok: isUnreached(seen) ? undefined : false, detail: `TLS ${version}: ${seen.message}` };
    if (seen.distrust !== undefined) {
      return {
        ok: false,
        detail: `the certificate is not trusted: ${inWords(seen.distrust)}`,
        hint: distrustHint(listener, seen),
      };
    }
  }
  if (!(old instanceof SetupError)) return { ok: false, detail: 'the outdated TLS 1.1 is accepted' };
  // Who was not reached with it has not refused it.
  if (isUnreached(old)) return { ok: undefined, detail: `chain, name, 1.2, 1.3; TLS 1.1: ${old.message}` };
  return {
    ok: true,
    detail: cannotSpeak(old) ? 'chain, name, 1.2, 1.3' : 'chain, name, 1.2, 1.3; 1.1 refused',
  };
}

/** This computer's OpenSSL has no TLS 1.1 at all: then nothing is known of what the server would say. */
function cannotSpeak({ cause }: SetupError): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return (
    code === 'ERR_SSL_NO_PROTOCOLS_AVAILABLE' ||
    code === 'ERR_SSL_NO_CIPHERS_AVAILABLE' ||
    code === 'ERR_SSL_UNSUPPORTED_PROTOCOL'
  );
}

function distrustHint({ port }: Listener, { certificate }: Served): string {
  return `Port ${port} presents a certificate of “${certificate.issuer.split('\n').join(', ')}”, valid to ${certificate.validTo}. For a private certificate authority set certificate.ca_bundle.`;
}
