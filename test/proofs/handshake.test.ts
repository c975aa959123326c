import { createServer as createPlain, type Server } from 'node:net';
import { createSecureContext, createServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fingerprintOf, firstCertificate } from '../../src/fingerprint.js';
import { nameToAskFor, presentedCertificate } from '../../src/proofs/handshake.js';
import { issueFor } from './authority.js';
import { RSA, selfSigned } from './self-signed.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = (server: Server, address: string) =>
  new Promise<number>((resolve) => {
    servers.push(server);
    server.listen(0, address, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : 0);
    });
  });

function serve(options: TlsOptions, address = '127.0.0.1'): Promise<number> {
  const server = createServer(options, (socket) => socket.on('error', () => undefined).end());
  server.on('tlsClientError', () => undefined);
  return listen(server, address);
}

const look = async (port: number, servername = 'mqtt.example.org', address = '127.0.0.1') =>
  (await presentedCertificate({ address, port, servername })).fingerprint256;
const sha256 = (pem: string) => firstCertificate(pem)?.fingerprint256;

describe('the certificate that a TLS server presents', () => {
  const own = selfSigned();
  const rsa = selfSigned({ key: RSA });
  const broken = 'ALL:COMPLEMENTOFALL:!aNULL:@SECLEVEL=0';

  it.each<[string, { cert: string; key: string }, TlsOptions]>([
    ['signed by itself', own, {}],
    ['expired', selfSigned({ expired: true }), {}],
    ['of an authority that nobody knows', issueFor('mqtt.example.org'), {}],
    ['without subject', selfSigned({ subject: '/' }), {}],
    [
      'with a key that is too short',
      selfSigned({ key: ['-newkey', 'rsa:1024', '-sha1'] }),
      { ciphers: broken },
    ],
    ['over TLS 1.0 alone', rsa, { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: broken }],
    ['over TLS 1.1 alone', own, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: broken }],
    ['over TLS 1.3 alone', own, { minVersion: 'TLSv1.3' }],
    [
      'with a cipher that encrypts nothing',
      rsa,
      { maxVersion: 'TLSv1.2', ciphers: 'NULL-SHA256:@SECLEVEL=0' },
    ],
    ['with a cipher without forward secrecy', rsa, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }],
    ['that wants one of the client (1.2)', own, { maxVersion: 'TLSv1.2', requestCert: true }],
    ['that wants one of the client (1.3)', own, { requestCert: true }],
  ])('is seen: %s', async (_, { cert, key }, options) => {
    expect(await look(await serve({ cert, key, ...options }))).toBe(sha256(cert));
  });

  it('is the one for the name that is asked for, and the default for an address', async () => {
    const other = selfSigned({ subject: '/CN=other.example.org' });
    const port = await serve({
      ...own,
      SNICallback: (name, done) =>
        done(null, name === 'other.example.org' ? createSecureContext(other) : undefined),
    });
    expect(await look(port, 'other.example.org')).toBe(sha256(other.cert));
    expect(await look(port, 'other.example.org.')).toBe(sha256(other.cert));
    expect(await look(port, 'mqtt.example.org')).toBe(sha256(own.cert));
    expect(await look(port, '127.0.0.1')).toBe(sha256(own.cert));
  });

  it('is seen over IPv6', async () => {
    const port = await serve(selfSigned({ alternatives: 'IP:::1' }), '::1');
    const seen = fingerprintOf(await presentedCertificate({ address: '::1', port, servername: '::1' }));
    expect(seen.addresses).toEqual(['::1']);
  });

  it.each<[string, string, () => Promise<number>]>([
    ['nobody listens', 'nothing answers there', async () => 1],
    [
      'somebody speaks something else',
      'does not speak TLS',
      () =>
        listen(
          createPlain((socket) => socket.on('error', () => undefined).end('hello\n')),
          '127.0.0.1',
        ),
    ],
    [
      'the connection is closed at once',
      'the connection was closed',
      () =>
        listen(
          createPlain((socket) => socket.destroy()),
          '127.0.0.1',
        ),
    ],
    ['the server has none', 'handshake failure', () => serve({})],
  ])('is an error where %s', async (_, why, port) => {
    await expect(look(await port())).rejects.toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining(why),
    });
  });

  it('is an error for people where there are several addresses, of which none answers', async () => {
    await expect(look(1, 'localhost', 'localhost')).rejects.toMatchObject({
      message: 'No TLS handshake with localhost:1: nothing answers there.',
    });
    await expect(look(1, '::1', '::1')).rejects.toMatchObject({
      message: expect.stringMatching(/^No TLS handshake with \[::1\]:1: /),
    });
  });
});

it('asks for no name where there is only an address', () => {
  expect(nameToAskFor('192.0.2.7')).toEqual({});
  expect(nameToAskFor('2001:db8::1')).toEqual({});
  expect(nameToAskFor('mqtt.example.org.')).toEqual({ servername: 'mqtt.example.org' });
});

it('is not waited for without end where a server answers drop by drop', async () => {
  const dripping = createPlain((socket) => {
    const drops = setInterval(() => socket.write(Buffer.from([22])), 20);
    socket.on('error', () => undefined);
    socket.on('close', () => clearInterval(drops));
    // A record that is never complete.
    socket.write(Buffer.from([22, 3, 3, 64, 0]));
  });
  const port = await listen(dripping, '127.0.0.1');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const looked = expect(look(port)).rejects.toThrow('no answer in time');
    await vi.advanceTimersByTimeAsync(8000);
    await looked;
  } finally {
    vi.useRealTimers();
  }
});
