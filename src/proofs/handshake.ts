import { constants, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { SetupError } from '../errors.js';

/** Where a TLS server listens. */
export interface TlsDoor {
  /** A name, or an IP address without brackets. */
  address: string;
  port: number;
  /** The name that is asked for (RFC 6066 section 3) and checked against the certificate. */
  servername: string;
}

/** How long a handshake may take, in milliseconds. */
const PATIENCE = 8000;

/**
 * The certificate that a TLS server presents, however old the server: from TLS 1.0 on, with broken ciphers and keys, and
 * also where it then turns this computer away for having no certificate of its own. For reports alone: nothing here tells
 * the server from somebody who pretends to be it.
 * @throws SetupError tls-failed, with the network's or OpenSSL's error as its cause
 */
export function presentedCertificate({ address, port, servername }: TlsDoor): Promise<X509Certificate> {
  const options = {
    host: address,
    port,
    ...nameToAskFor(servername),
    rejectUnauthorized: false,
    // No chain is judged, so the well-known roots need not be read: that takes longer than the handshake.
    ca: [],
    minVersion: 'TLSv1' as const,
    ciphers: 'ALL:COMPLEMENTOFALL:!aNULL:@SECLEVEL=0',
    minDHSize: 1,
    // Servers from before RFC 5746, which OpenSSL 3 refuses by default.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  };
  const read = (socket: TLSSocket) => socket.getPeerX509Certificate();
  return handshake(options, read, (socket, cause) => (endedByServer(cause) ? read(socket) : undefined));
}

/** An IP address is no name that could be asked for, and the dot at the end is not part of one: RFC 6066 section 3. */
export function nameToAskFor(servername: string): Pick<ConnectionOptions, 'servername'> {
  return isIP(servername) ? {} : { servername: servername.replace(/\.$/, '') };
}

/** Whether the other side broke off. Otherwise OpenSSL did here, perhaps because the key of the certificate was not proved. */
function endedByServer(cause: unknown): boolean {
  const code = codeOf(cause);
  return !code.startsWith('ERR_SSL_') || ALERT.test(code);
}

/**
 * Begins a handshake and ends the connection as soon as it is over.
 * @param read what is wanted of the socket; undefined where it is not there
 * @param salvage the same where the handshake failed
 * @throws SetupError tls-failed, with the network's or OpenSSL's error as its cause
 */
export function handshake<T>(
  options: ConnectionOptions & { host: string; port: number },
  read: (socket: TLSSocket) => T | undefined,
  salvage: (socket: TLSSocket, cause: unknown) => T | undefined = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      clearTimeout(timer);
      const saved = salvage(socket, cause);
      socket.destroy();
      if (saved === undefined) reject(failed(options, cause));
      else resolve(saved);
    };
    const socket = connect(options, () => {
      clearTimeout(timer);
      const wanted = read(socket);
      socket.destroy();
      if (wanted === undefined) fail(new Error('no certificate was presented'));
      else resolve(wanted);
    });
    // Of the whole handshake, as a server may answer drop by drop.
    const timer = setTimeout(
      () => fail(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
      PATIENCE,
    );
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the connection was closed')));
  });
}

/** What the other side says when it gives up, as OpenSSL names it: alerts of RFC 8446 section 6. */
const ALERT = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?([A-Z_]+)$/;

/** errno(3) and getaddrinfo(3) in plain words. */
export const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the connection was closed',
  EADDRNOTAVAIL: 'there is no way to it',
  EAFNOSUPPORT: 'there is no way to it',
  EHOSTUNREACH: 'there is no way to it',
  EINVAL: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'the name does not exist in DNS',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer in time',
};

/** Whether nobody was reached: then nothing is known of what would be presented. A connection that was closed was there. */
export function isUnreached({ cause }: SetupError): boolean {
  const code = codeOf(cause ?? {});
  return code in NETWORK_WORDS && code !== 'ECONNRESET';
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? '';
}

function failed({ host, port }: { host: string; port: number }, cause: unknown): SetupError {
  const where = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return new SetupError(`No TLS handshake with ${where}: ${whyFailed(cause)}.`, {
    code: 'tls-failed',
    hint: 'Check the name and the port (HOST:PORT), and that the port is open from here: a firewall of your provider may close it.',
    cause,
  });
}

/** For people: OpenSSL's own words are for developers of OpenSSL. */
function whyFailed(cause: unknown): string {
  const code = codeOf(cause);
  const alert = ALERT.exec(code)?.[1];
  if (alert !== undefined) return `the server ended it (${alert.toLowerCase().replaceAll('_', ' ')})`;
  if (code.startsWith('ERR_SSL_')) return 'what answers there does not speak TLS';
  return NETWORK_WORDS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
