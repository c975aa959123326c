import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outside } from '../../src/engine/step.js';
import { lookAtPort } from '../../src/proofs/port.js';
import { portProofs } from '../../src/proofs/ports.js';
import { contextWith } from '../recorded.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = () =>
  new Promise<number>((resolve) => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
    servers.push(server);
  });

describe('a look at a port', () => {
  it('sees one that is open', async () => {
    expect(await lookAtPort('127.0.0.1', await listen())).toBe('open');
  });

  it('sees one that is refused', async () => {
    const port = await listen();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await lookAtPort('127.0.0.1', port)).toBe('refused');
  });

  it('does not wait for one that never answers', async () => {
    // A full backlog answers no further SYN; here an address that nobody routes does the same, or says no at once.
    expect(['filtered', 'refused']).toContain(await lookAtPort('192.0.2.1', 9, 200));
  });
});

const outside = {
  addresses: ['127.0.0.1'],
  inside: Promise.resolve({ facts: [], inventory: {}, addresses: [] }),
} as unknown as Outside;

describe('the proofs', () => {
  it('are about what the exposure opens, and what it leaves closed', () => {
    expect(portProofs(contextWith()).map(({ title }) => title)).toEqual([
      'Ports 8883, 8084 answer from this computer',
      'Unencrypted ports (1883, 8083) are closed to the world',
    ]);
    expect(portProofs(contextWith({ settings: { exposure: 'guide' } })).map(({ title }) => title)).toEqual([
      'Ports 8883, 8084, 1883, 8083 answer from this computer',
    ]);
  });

  it('tell open from closed', async () => {
    const port = await listen();
    const listener = { id: 'mqtts', title: '', port, transport: 'tcp', tls: true, mqtt: 'tcp' } as const;
    const proofs = (reach: 'world' | 'loopback') => {
      const context = contextWith();
      return portProofs({
        ...context,
        broker: { ...context.broker, listeners: () => [{ ...listener, reach }] },
      });
    };
    expect(await proofs('world')[0]?.run(outside)).toMatchObject({ ok: true, detail: `${port} open` });
    expect(await proofs('loopback')[0]?.run(outside)).toMatchObject({ ok: false, detail: `${port} open` });
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await proofs('world')[0]?.run(outside)).toMatchObject({ ok: false, detail: `${port} refused` });
    expect(await proofs('loopback')[0]?.run(outside)).toMatchObject({ ok: true, detail: `${port} refused` });
  });

  it('take the silence of a firewall for closed', async () => {
    const open = await listen();
    // Nobody routes this address; whoever says so at once is as good as silent.
    const nowhere = '192.0.2.1';
    const context = contextWith();
    const listener = { id: 'mqtts', title: '', transport: 'tcp', tls: true, mqtt: 'tcp' } as const;
    const [, closed] = portProofs({
      ...context,
      broker: {
        ...context.broker,
        listeners: () => [
          { ...listener, port: open, reach: 'world' },
          { ...listener, port: 9, reach: 'loopback' },
        ],
      },
    });
    const seen = await closed?.run({ ...outside, addresses: [nowhere] });
    // Without a route nobody was asked, and then nothing is proved.
    const routed = seen?.ports?.every((look) => look.seen !== 'unreachable');
    expect(seen).toMatchObject({
      ok: routed ? true : undefined,
      detail: routed
        ? expect.stringMatching(/^9 (filtered|refused|rejected)$/)
        : expect.stringContaining('no way'),
    });
  });
});
