import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardLogin, dashboardProofs } from '../../../src/brokers/emqx/dashboard-proofs.js';
import type { Context, Outside, Proved } from '../../../src/engine/step.js';
import { Secret } from '../../../src/sh.js';
import { issueFor } from '../../proofs/authority.js';
import { contextWith } from '../../recorded.js';

const domain = 'mqtt.rehearsal.test';
let pki: ReturnType<typeof issueFor>;
beforeAll(() => {
  pki = issueFor(domain);
});

let close = () => {};
afterEach(() => close());

interface Asked {
  method: string | undefined;
  url: string | undefined;
  host: string | undefined;
  body: string;
}

/** A dashboard that answers as it is told; what it was asked is kept. */
async function dashboard(answer: (password: string, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer({ cert: pki.cert, key: pki.key }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ method: request.method, url: request.url, host: request.headers.host, body });
      answer((JSON.parse(body) as { password: string }).password, response);
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, asked };
}

const login = (port: number): DashboardLogin => ({
  port,
  path: '/api/v5/login',
  user: 'admin',
  shipped: 'public',
  let: (status) => (status === 200 ? true : status === 401 ? false : undefined),
});

/** Both proofs made, in their order. */
async function proved(
  port: number,
  context: Context = contextWith({ laptop: { caBundle: pki.ca } }),
): Promise<Proved[]> {
  const outside: Outside = {
    context,
    address: '127.0.0.1',
    addresses: ['127.0.0.1'],
    login: () => Promise.reject(new Error('no login here')),
    keyLogin: { user: 'x', credentials: { keys: [], agent: false } },
    firstLogin: undefined,
    made: { dashboardPassword: new Secret('open dashboard') },
    inside: Promise.resolve({ facts: [], inventory: {}, addresses: [] }),
  };
  const all: Proved[] = [];
  for (const proof of dashboardProofs(login(port), context)) all.push(await proof.run(outside));
  return all;
}

const takes =
  (...passwords: string[]) =>
  (password: string, response: ServerResponse) => {
    response.writeHead(passwords.includes(password) ? 200 : 401).end('{"code":"BAD_USERNAME_OR_PWD"}');
  };

describe('the dashboard', () => {
  it('lets the new password in and refuses the one that it ships with', async () => {
    const { port, asked } = await dashboard(takes('open dashboard'));
    expect(await proved(port)).toEqual([
      { ok: true, detail: 'let in' },
      { ok: true, detail: 'refused' },
    ]);
    expect(asked).toEqual(
      ['open dashboard', 'public', 'open dashboard'].map((password) => ({
        method: 'POST',
        url: '/api/v5/login',
        host: `${domain}:${port}`,
        body: JSON.stringify({ username: 'admin', password }),
      })),
    );
  });

  it('that still takes what it ships with is no good', async () => {
    const { port } = await dashboard(takes('public'));
    expect(await proved(port)).toEqual([
      { ok: false, detail: 'refused' },
      { ok: false, detail: 'let in' },
    ]);
  });

  it('that answers otherwise proves nothing', async () => {
    const { port } = await dashboard((_, response) => response.writeHead(503).end('starting'));
    const detail = 'unexpected answer (HTTP 503)';
    expect(await proved(port)).toEqual([
      { ok: false, detail },
      { ok: undefined, detail },
    ]);
  });

  it('that is judged by its body, over several pieces', async () => {
    const { port } = await dashboard((_, response) => {
      response.writeHead(200).write('{"co');
      setTimeout(() => response.end('de":0}'), 5);
    });
    const context = contextWith({ laptop: { caBundle: pki.ca } });
    const judged = { ...login(port), let: (_status: number, body: string) => body === '{"code":0}' };
    const [first] = dashboardProofs(judged, context);
    const outside = { context, address: '127.0.0.1', made: {} } as unknown as Outside;
    expect(await first?.run(outside)).toEqual({ ok: true, detail: 'let in' });
  });

  it('that hangs up in the middle of its answer is told of, not waited for', { timeout: 1000 }, async () => {
    const { port } = await dashboard((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"co');
      setTimeout(() => response.destroy(), 5);
    });
    expect(await proved(port)).toEqual([
      { ok: false, detail: expect.any(String) },
      { ok: undefined, detail: expect.any(String) },
    ]);
  });

  it('that is not there is told of', async () => {
    const { port } = await dashboard(takes());
    close();
    expect((await proved(port)).map(({ ok, detail }) => [ok, detail.includes('ECONNREFUSED')])).toEqual([
      [false, true],
      [undefined, true],
    ]);
  });
});

describe('its certificate', () => {
  it.each([
    ['of an authority that nobody knows', () => contextWith(), /unable to (?:verify|get)/],
    [
      'for another name',
      () => contextWith({ settings: { domain: 'other.example.org' }, laptop: { caBundle: pki.ca } }),
      /altnames/,
    ],
  ])('%s: no password is handed over', async (_, context, detail) => {
    const { port, asked } = await dashboard(takes('open dashboard'));
    expect(await proved(port, context())).toEqual([
      { ok: false, detail: expect.stringMatching(detail) },
      { ok: undefined, detail: expect.stringMatching(detail) },
    ]);
    expect(asked).toEqual([]);
  });
});

it('the new password is tried only in the run that made it', () => {
  expect(dashboardProofs(login(18084), contextWith()).map(({ id, needs }) => `${id} ${needs}`)).toEqual([
    'dashboard.login dashboardPassword',
    'dashboard.shipped-password undefined',
  ]);
});

it('a dashboard that locks its account is tried with a wrong password only in the run that knows the right one', () => {
  const locking = { ...login(18084), locks: true };
  expect(dashboardProofs(locking, contextWith()).map(({ id, needs }) => `${id} ${needs}`)).toEqual([
    'dashboard.login dashboardPassword',
    'dashboard.shipped-password dashboardPassword',
  ]);
});

it('an answer without end is cut off', async () => {
  const { port } = await dashboard((_, response) => {
    response.on('error', () => undefined);
    const go = (): void => {
      while (!response.destroyed && response.write('spam '.repeat(10_000)));
    };
    response.on('drain', go);
    go();
  });
  expect(await proved(port)).toEqual([
    { ok: false, detail: 'an answer without end' },
    { ok: undefined, detail: 'an answer without end' },
  ]);
});
