import { createServer as createPlain, type Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Context, Fact, Outside } from '../../src/engine/step.js';
import { servedProof } from '../../src/proofs/served.js';
import { inWords, servedCertificate, tlsProofs } from '../../src/proofs/tls.js';
import { contextWith } from '../recorded.js';
import { issueFor } from './authority.js';

const domain = 'mqtt.rehearsal.test';
let pki: ReturnType<typeof issueFor>;
beforeAll(() => {
  pki = issueFor(domain);
});
const servers: Server[] = [];
const close = () => {
  for (const server of servers.splice(0)) server.close();
};
afterEach(close);
afterAll(close);

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    servers.push(server);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

function serve(options: TlsOptions = {}): Promise<number> {
  const server = createServer({ cert: pki.cert, key: pki.key, minVersion: 'TLSv1.2', ...options }, (socket) =>
    socket.on('error', () => undefined).end(),
  );
  server.on('tlsClientError', () => undefined);
  return listening(server);
}

const at = (port: number) => ({ address: '127.0.0.1', port, servername: domain });

describe('the certificate that a port presents', () => {
  it('is reported with the judgement of its chain', async () => {
    const port = await serve();
    expect(await servedCertificate({ ...at(port), ca: pki.ca })).toMatchObject({
      distrust: undefined,
      protocol: 'TLSv1.3',
    });
    const untrusted = await servedCertificate(at(port));
    expect(untrusted.distrust).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER/);
    expect(untrusted.certificate.checkHost(domain)).toBe(domain);
  });

  it('is not trusted for another name', async () => {
    const port = await serve();
    const seen = await servedCertificate({ ...at(port), ca: pki.ca, servername: 'other.example.org' });
    expect(seen.distrust).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(inWords(seen.distrust ?? '')).toBe('it is for another name');
  });

  it.each([
    ['nobody listens', async () => 1],
    ['somebody speaks something else', () => listening(createPlain((socket) => socket.end('hello\n')))],
    ['the connection is closed at once', () => listening(createPlain((socket) => socket.destroy()))],
  ])('is an error where %s', async (_, port) => {
    await expect(servedCertificate(at(await port()))).rejects.toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining('No TLS handshake with 127.0.0.1:'),
    });
  });
});

function contextAt(port: number, ca: string | undefined): Context {
  const context = contextWith({ laptop: { caBundle: ca } });
  const listener = {
    id: 'mqtts',
    title: 'MQTT over TLS',
    port,
    transport: 'tcp',
    tls: true,
    mqtt: 'tcp',
    reach: 'world',
  } as const;
  return { ...context, broker: { ...context.broker, listeners: () => [listener] } };
}
const outside = (facts: readonly Fact[] = []) =>
  ({
    address: '127.0.0.1',
    inside: Promise.resolve({ facts, inventory: {}, addresses: [] }),
  }) as unknown as Outside;

describe('the proof', () => {
  const prove = (port: number, ca: string | undefined) => tlsProofs(contextAt(port, ca))[0]?.run(outside());

  it('holds for TLS 1.2 and 1.3 with a trusted chain', async () => {
    expect(await prove(await serve(), pki.ca)).toMatchObject({ ok: true });
  });

  it.each([
    ['1.1 is accepted', { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const, 'TLS 1.1'],
    ['1.2 is not, which devices need', { minVersion: 'TLSv1.3' } as const, 'TLS 1.2'],
    ['1.3 is not', { maxVersion: 'TLSv1.2' } as const, 'TLS 1.3'],
  ])('fails where %s', async (_, options, why) => {
    expect(await prove(await serve(options), pki.ca)).toMatchObject({
      ok: false,
      detail: expect.stringContaining(why),
    });
  });

  it('fails for a chain that nobody trusts, and says whose it is', async () => {
    expect(await prove(await serve(), undefined)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('not trusted'),
      hint: expect.stringContaining('CN=Test CA'),
    });
  });
});

describe('the proof that it is the one on disk', () => {
  const fact = (value: string) => [{ id: 'fingerprint.sha256', label: '', value }];

  it('compares what each port presents with the fingerprint', async () => {
    const port = await serve();
    const proof = servedProof(contextAt(port, undefined));
    const { certificate } = await servedCertificate(at(port));
    expect(await proof.run(outside(fact(certificate.fingerprint256)))).toMatchObject({ ok: true });
    expect(await proof.run(outside(fact('00:11')))).toMatchObject({
      ok: false,
      detail: expect.stringContaining(`${port} presents`),
    });
    expect(await proof.run(outside())).toMatchObject({ ok: undefined });
    close();
    expect(await proof.run(outside(fact(certificate.fingerprint256)))).toMatchObject({
      ok: undefined,
      detail: `${port} could not be reached`,
    });
  });
});
