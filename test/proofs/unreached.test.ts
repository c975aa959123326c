import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Listener } from '../../src/engine/broker-facts.js';
import type { Context, Outside } from '../../src/engine/step.js';
import { mqttProofs } from '../../src/proofs/mqtt.js';
import { servedProof } from '../../src/proofs/served.js';
import { tlsProofs } from '../../src/proofs/tls.js';
import { contextWith } from '../recorded.js';
import { closedPort } from './listeners.js';

const at = (...ports: number[]): Context => {
  const context = contextWith();
  const listeners = ports.map(
    (port): Listener => ({
      ...{ id: 'mqtts', title: 'MQTT over TLS', transport: 'tcp', tls: true, mqtt: 'tcp', reach: 'world' },
      port,
    }),
  );
  return { ...context, broker: { ...context.broker, listeners: () => listeners } };
};
const outside = {
  address: '127.0.0.1',
  made: {},
  inside: Promise.resolve({
    facts: [{ id: 'fingerprint.sha256', label: '', value: 'AA:BB:CC:DD:EE' }],
    inventory: {},
    addresses: [],
  }),
} as unknown as Outside;
/** Somebody who is there, but speaks no TLS. */
const plain = () =>
  new Promise<number>((resolve) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('hello\n'));
    onTestFinished(() => {
      server.close();
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

describe('where nobody was reached, nothing is said about the server', () => {
  it('nor about its TLS', async () => {
    const [proof] = tlsProofs(at(await closedPort()));
    expect(await proof?.run(outside)).toMatchObject({
      ok: undefined,
      detail: expect.stringContaining('nothing answers there'),
    });
  });

  it('nor about the certificate that it presents', async () => {
    const port = await closedPort();
    expect(await servedProof(at(port)).run(outside)).toEqual({
      ok: undefined,
      detail: `${port} could not be reached`,
    });
  });

  it('nor about whom it lets in', async () => {
    const [message, anonymous, password] = mqttProofs(at(await closedPort()));
    expect(await anonymous?.run(outside)).toMatchObject({ ok: undefined });
    expect(await password?.run(outside)).toMatchObject({ ok: undefined });
    expect(message?.needs).toBe('devicePassword');
  });
});

describe('where somebody else was reached, something is wrong', () => {
  it('with its TLS', async () => {
    const [proof] = tlsProofs(at(await plain()));
    expect(await proof?.run(outside)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('does not speak TLS'),
    });
  });

  it('with its certificate, on that port and whatever the other is', async () => {
    const [one, two] = [await plain(), await closedPort()];
    expect(await servedProof(at(one, two)).run(outside)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(
        `^${one} presents none: .* does not speak TLS; ${two} could not be reached$`,
      ),
    });
  });
});
