import { createServer as createWebServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { IClientOptions } from 'mqtt';
import { afterEach, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { issueFor } from '../proofs/authority.js';
import { serve } from '../proofs/mqtt-broker.js';
import { shipped } from './shipped.js';

/** The part of it that is the other end of a web socket; it is not ours, but comes with mqtt. */
interface WebSockets {
  WebSocketServer: new (
    options: object,
  ) => { on(event: 'connection', listener: (socket: unknown) => void): void };
  createWebSocketStream(socket: unknown): Duplex;
}
const require = createRequire(import.meta.url);
const { WebSocketServer, createWebSocketStream }: WebSockets = createRequire(require.resolve('mqtt'))('ws');

const domain = 'mqtt.rehearsal.test';
let mqtt: typeof import('mqtt');
let pki: ReturnType<typeof issueFor>;
beforeAll(async () => {
  mqtt = (await shipped('mqtt', join(inject('packed').installed, 'dist'))) as typeof mqtt;
  pki = issueFor(domain);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const BROKERS: Readonly<Record<'mqtts' | 'wss', () => Server>> = {
  mqtts: () => createTlsServer(pki, (socket) => serve(socket, 5)),
  wss: () => {
    const server = createWebServer(pki);
    new WebSocketServer({ server, path: '/mqtt' }).on('connection', (socket) =>
      serve(createWebSocketStream(socket), 5),
    );
    return server;
  },
};

/** What src/proofs/mqtt.ts asks for. */
async function knock(protocol: 'mqtts' | 'wss', options: IClientOptions, ca = pki.ca) {
  const server = BROKERS[protocol]();
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const trust = { servername: domain, rejectUnauthorized: true, ca };
  const client = mqtt.connect({
    protocol,
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    ...(protocol === 'wss' ? { path: '/mqtt', wsOptions: trust } : {}),
    connectTimeout: 5000,
    reconnectPeriod: 0,
    ...trust,
    ...options,
  });
  onTestFinished(() => {
    client.end(true);
    server.close();
  });
  await new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('error', reject);
  });
  return client;
}

describe.each(['mqtts', 'wss'] as const)('the MQTT library as it is shipped, over %s', (protocol) => {
  test.each([4, 5] as const)(
    'brings a message back (version %i of the protocol)',
    async (protocolVersion) => {
      const client = await knock(protocol, {
        protocolVersion,
        username: 'device-1',
        password: 'open sesame',
      });
      const arrived = new Promise<string>((resolve) => {
        client.on('message', (topic, payload) => resolve(`${topic}: ${payload}`));
      });
      await client.subscribeAsync('a/topic', { qos: 1 });
      // More than one frame and one read.
      const text = 'long '.repeat(100_000);
      await client.publishAsync('a/topic', text, { qos: 1 });
      expect(await arrived).toBe(`a/topic: ${text}`);
      await client.endAsync();
    },
  );

  test.each([
    [4, 5],
    [5, 135],
  ] as const)('is refused without the password (version %i: code %i)', async (protocolVersion, code) => {
    await expect(knock(protocol, { protocolVersion })).rejects.toMatchObject({ code });
  });

  test('talks to nobody whom it cannot trust', async () => {
    const { ca } = issueFor(domain);
    await expect(knock(protocol, {}, ca)).rejects.toThrow(/certificate|signature/);
  });
});

test('a proxy, for which there is nothing in the package, is refused in words', async () => {
  vi.stubEnv('MQTTJS_SOCKS_PROXY', 'socks5h://127.0.0.1:1');
  await expect(knock('mqtts', {})).rejects.toThrow(/unset MQTTJS_SOCKS_PROXY/);
});
