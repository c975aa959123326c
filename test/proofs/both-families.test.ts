import { describe, expect, it } from 'vitest';
import type { Listener } from '../../src/engine/broker-facts.js';
import type { Inventory } from '../../src/engine/inventory.js';
import type { Outside, Proof, Proved } from '../../src/engine/step.js';
import { ipv6Proof, judgeClosed, portProofs, renewalPort, silence } from '../../src/proofs/ports.js';
import { contextWith } from '../recorded.js';
import { closedPort, openPort } from './listeners.js';

const [V4, V6] = ['127.0.0.1', '::1'];
/** Never given to anybody (RFC 6666), and no route leads there. */
const NOWHERE = '100::1';
const listener = (port: number, more: Partial<Listener> = {}): Listener => ({
  ...{ id: 'mqtts', title: '', transport: 'tcp', tls: true, mqtt: 'tcp', reach: 'world' },
  port,
  ...more,
});
const proof = (name: string, ...listeners: Listener[]): Proof | undefined => {
  const context = contextWith();
  return portProofs({ ...context, broker: { ...context.broker, listeners: () => listeners } }).find(
    ({ id }) => id === name,
  );
};
const outside = (addresses: string[], late: string[] = [], inventory: Inventory = {}) =>
  ({
    addresses,
    inside: Promise.resolve({ facts: [], inventory, addresses: [...addresses, ...late] }),
  }) as unknown as Outside;
const run = async (one: Proof | undefined, at: Outside): Promise<Proved> => {
  if (!one) throw new Error('there is no such proof');
  return one.run(at);
};

describe('over both families', () => {
  it('what is the same is said once', async () => {
    const port = await openPort(V4);
    await openPort(V6, port);
    const seen = await run(proof('ports.open', listener(port)), outside([V4, V6]));
    expect(seen).toMatchObject({ ok: true, detail: `${port} open` });
    expect(seen.ports?.map(({ address }) => address)).toEqual([V4, V6]);
  });

  it('what differs is said with its address', async () => {
    const one = await openPort(V4);
    const two = await closedPort(V4);
    const seen = judgeClosed(
      [
        { port: one, transport: 'tcp', address: V4, seen: 'filtered' },
        { port: two, transport: 'tcp', address: V6, seen: 'refused' },
      ],
      {},
      new Set([V4, V6]),
    );
    expect(seen).toMatchObject({ ok: true, detail: `${V4}: ${one} filtered; ${V6}: ${two} refused` });
  });

  it('a port that should be open, but is in one family only, is told with the other', async () => {
    const port = await openPort(V4);
    const seen = await run(proof('ports.open', listener(port)), outside([V4, V6]));
    expect(seen).toMatchObject({ ok: false, detail: expect.stringContaining(`${port} refused`) });
    expect(seen.detail).toContain(V6);
  });

  it('a port that should be closed, but is open in one family only, is told with it', async () => {
    const port = await openPort(V6);
    const seen = await run(proof('ports.closed', listener(port, { reach: 'loopback' })), outside([V4, V6]));
    expect(seen).toMatchObject({ ok: false, detail: expect.stringContaining(`${port} open`) });
    expect(seen.detail).toContain(V6);
  });

  it('an address that only the look inside tells is looked at, too', async () => {
    const port = await openPort(V4);
    const seen = await run(proof('ports.open', listener(port)), outside([V4], [V6]));
    expect(seen).toMatchObject({ ok: false });
    expect(seen.ports?.map(({ address, seen: what }) => `${address} ${what}`)).toEqual([
      `${V4} open`,
      `${V6} refused`,
    ]);
  });
});

describe('case 318: ports that should be closed, where nothing comes back at all', () => {
  const silent = { port: 1883, transport: 'tcp', address: V4, seen: 'filtered' } as const;

  it('are not called closed: this network may drop everything', () => {
    expect(judgeClosed([silent], {}, new Set())).toMatchObject({ ok: undefined });
    expect(judgeClosed([silent, { ...silent, address: V6 }], {}, new Set([V4]))).toMatchObject({
      ok: undefined,
      detail: expect.stringContaining(`no port of ${V6} answered`),
    });
    expect(judgeClosed([silent], {}, new Set([V4]))).toMatchObject({ ok: true });
    expect(judgeClosed([{ ...silent, seen: 'open' }], {}, new Set())).toMatchObject({ ok: false });
  });

  it('an address is reached where any port of it answers or refuses', async () => {
    const reached = new Set<string>();
    await silence([V4], [], [await closedPort(V4)], reached);
    expect([...reached]).toEqual([V4]);
    const none = new Set<string>();
    await silence([V4], [], [], none);
    expect([...none]).toEqual([]);
  });
});

describe('an address to which there is no way', () => {
  const unreachable = { port: 8883, transport: 'tcp', address: NOWHERE, seen: 'unreachable' } as const;

  it('is no verdict about the server', () => {
    expect(judgeClosed([unreachable], {}, new Set())).toEqual({
      ok: undefined,
      detail: `there is no way to ${NOWHERE} from this computer`,
      ports: [unreachable],
    });
  });

  it('does not spoil the verdict about the other', () => {
    const closed = { ...unreachable, address: V4, seen: 'filtered' } as const;
    const open = { ...unreachable, address: V4, seen: 'open' } as const;
    expect(judgeClosed([unreachable, closed], {}, new Set([V4]))).toMatchObject({
      ok: true,
      detail: '8883 filtered',
    });
    expect(judgeClosed([unreachable, open], {}, new Set([V4]))).toMatchObject({ ok: false });
  });

  it('is shown on the map', async () => {
    const port = await openPort(V4);
    const seen = await run(proof('ports.open', listener(port)), outside([V4, '255.255.255.255']));
    expect(seen).toMatchObject({ ok: true, detail: `${port} open` });
    expect(seen.ports).toHaveLength(2);
  });
});

describe('port 80', () => {
  it('lets the authority through where nobody listens, whatever does', async () => {
    expect(await run(renewalPort, outside(['127.213.7.80']))).toMatchObject({ ok: true });
  });
});

describe('whether IPv6 can be looked at', () => {
  it.each([
    ['DNS names none', [V4], { ok: true, detail: 'DNS names no IPv6 address' }],
    ['there is a way', [V4, V6], { ok: true, detail: V6 }],
  ])('where %s', async (_, addresses, expected) => {
    expect(await run(ipv6Proof, outside(addresses))).toEqual(expected);
  });

  it('is not asked of an address that only the server itself knows: no device finds it', async () => {
    expect(await run(ipv6Proof, outside([V4], [V6]))).toMatchObject({
      ok: true,
      detail: 'DNS names no IPv6 address',
    });
  });
});
