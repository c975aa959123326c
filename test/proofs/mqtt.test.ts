import type { Server } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Listener } from '../../src/engine/broker-facts.js';
import type { Outside } from '../../src/engine/step.js';
import { knock, mqttProofs, roundTrip } from '../../src/proofs/mqtt.js';
import { Secret } from '../../src/sh.js';
import { contextWith } from '../recorded.js';
import { issueFor } from './authority.js';
import { serve } from './mqtt-broker.js';

const domain = 'mqtt.rehearsal.test';
let pki: ReturnType<typeof issueFor>;
beforeAll(() => {
  pki = issueFor(domain);
});
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function broker(code: number, silent?: () => void, granted?: number): Promise<number> {
  const server = createServer({ cert: pki.cert, key: pki.key }, (socket) =>
    serve(socket, code, silent, granted),
  );
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    }),
  );
}

const listener = (port: number): Listener => ({
  id: 'mqtts',
  title: 'MQTT over TLS',
  port,
  transport: 'tcp',
  tls: true,
  mqtt: 'tcp',
  reach: 'world',
});
const at = (port: number, ca: string | undefined = pki.ca) => ({
  address: '127.0.0.1',
  listener: listener(port),
  servername: domain,
  ...(ca === '' ? {} : { ca }),
});

describe('a client', () => {
  it('gets its own message back', async () => {
    const took = await roundTrip({
      ...at(await broker(5)),
      username: 'device-1',
      password: new Secret('open sesame'),
    });
    expect(took).toBeGreaterThan(0);
  });

  it.each([4, 5])('hears the refusal %i', async (code) => {
    expect(await knock(at(await broker(code)))).toBe(code);
  });

  it('knows when it was let in', async () => {
    expect(await knock(at(await broker(0)))).toBeUndefined();
  });

  it('talks to nobody whom it cannot trust', async () => {
    await expect(knock(at(await broker(0), ''))).rejects.toThrow(/certificate/);
  });

  it('says so when nobody is there', async () => {
    await expect(knock(at(1))).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('the proofs', () => {
  const proofs = (port: number) => {
    const context = contextWith({ laptop: { caBundle: pki.ca } });
    return mqttProofs({ ...context, broker: { ...context.broker, listeners: () => [listener(port)] } });
  };
  const outside = (password?: string) =>
    ({
      address: '127.0.0.1',
      made: password === undefined ? {} : { devicePassword: new Secret(password) },
    }) as unknown as Outside;
  const outcomes = (port: number, password?: string) =>
    Promise.all(proofs(port).map((proof) => proof.run(outside(password))));

  it('hold where the account gets in and nobody else', async () => {
    expect(await outcomes(await broker(5), 'open sesame')).toEqual([
      {
        ok: true,
        detail: expect.stringMatching(/^back after \d+ ms with MQTT 3\.1\.1, \d+ ms with MQTT 5$/),
      },
      { ok: true, detail: 'refused (code 5)' },
      { ok: true, detail: 'refused (code 5)' },
    ]);
  });

  it('case 209: cannot tell where the right password is refused as well', async () => {
    const [message, anonymous, wrong] = await outcomes(await broker(5), 'not the right one');
    expect(message).toEqual({
      ok: false,
      detail: expect.stringMatching(
        /refused the connection \(code 5: not authorized\).* keepalive was 10 s$/,
      ),
    });
    for (const refusal of [anonymous, wrong])
      expect(refusal).toEqual({
        ok: undefined,
        detail: expect.stringContaining('so is device-1 with its right'),
      });
  });

  it('case 209: cannot tell without a password where the broker may refuse every client', async () => {
    const reasons = Promise.resolve({ inventory: { refusesFirst: ['line 1 of mine.conf says “plugin x”'] } });
    const seen = { ...outside(), inside: reasons } as unknown as Outside;
    const [, anonymous] = await Promise.all(proofs(await broker(5)).map((proof) => proof.run(seen)));
    expect(anonymous).toMatchObject({
      ok: undefined,
      detail: expect.stringContaining('line 1 of mine.conf'),
    });
  });

  it('case 209: cannot tell without a password where the broker was not looked into', async () => {
    const seen = { ...outside(), inside: Promise.resolve({ inventory: {} }) } as unknown as Outside;
    const [, anonymous] = await Promise.all(proofs(await broker(5)).map((proof) => proof.run(seen)));
    expect(anonymous).toMatchObject({ ok: undefined, detail: expect.stringContaining('not looked into') });
  });

  it('case 209: say without a login what was not tried', async () => {
    const seen = { ...outside(), withoutLogin: true, inside: Promise.resolve({ inventory: {} }) };
    const [, anonymous] = await Promise.all(
      proofs(await broker(5)).map((proof) => proof.run(seen as unknown as Outside)),
    );
    expect(anonymous).toEqual({
      ok: true,
      detail: 'refused (code 5); whether a client with the right password is accepted was not tried',
    });
  });

  it('fail where everyone gets in', async () => {
    expect((await outcomes(await broker(0), 'open sesame')).slice(1)).toEqual([
      { ok: false, detail: 'was let in' },
      { ok: false, detail: 'was let in' },
    ]);
  });

  it('fail where the account is refused, or the broker refuses for another reason', async () => {
    const [message, anonymous] = await outcomes(await broker(3), 'wrong');
    expect(message).toMatchObject({ ok: false });
    expect(anonymous).toEqual({ ok: false, detail: 'unexpected answer (code 3: server unavailable)' });
  });

  it.each([128, 135])(
    'case 165: cannot tell where the account gets in and its subscription is refused (%i)',
    async (granted) => {
      const [message] = await outcomes(await broker(5, undefined, granted), 'open sesame');
      expect(message).toEqual({
        ok: undefined,
        detail: expect.stringContaining('device-1 gets in with its password, but rules for topics'),
      });
    },
  );

  it('say that they cannot tell where the password is not known', async () => {
    expect((await outcomes(await broker(5)))[0]).toMatchObject({ ok: undefined });
  });
});

it('a broker that answers no subscription is not waited for without end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let silent = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      silent = resolve;
    });
    const port = await broker(0, () => silent());
    const target = { address: '127.0.0.1', listener: listener(port), servername: domain, ca: pki.ca };
    const looked = expect(roundTrip({ ...target, password: 'open sesame', username: 'x' })).rejects.toThrow(
      'the subscription was not answered',
    );
    await asked;
    await vi.advanceTimersByTimeAsync(8000);
    await looked;
  } finally {
    vi.useRealTimers();
  }
});
