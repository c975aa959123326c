import { describe, expect, it } from 'vitest';
import { Cancelled, LoginRefused, SetupError } from '../../../src/errors.js';
import { closedEarly, unreachable } from '../../../src/host/failures.js';
import type { Target } from '../../../src/host/host.js';
import { cutOff } from '../../../src/host/ssh/cut-off.js';
import { CLOCK, type Clock, nextTry, patiently } from '../../../src/host/ssh/patience.js';
import { failure, open, raw, server, withPassword } from '../connected.js';

const target = { hostname: '203.0.113.7', port: 22 } as Target;
const network = (code: string) => unreachable(target, Object.assign(new Error(code), { code }), 20_000);
const closed = closedEarly(target);
const BOOTING = 'System is booting up. Unprivileged users are not permitted to log in yet.';

/** A clock that jumps instead of waiting. */
function fakeClock(): Clock & { slept: number[] } {
  let now = 1000;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: (ms) => {
      slept.push(ms / 1000);
      now += ms;
      return Promise.resolve();
    },
  };
}

describe('what is tried again', () => {
  const pauses = (error: unknown, known: boolean): number[] => {
    const found: number[] = [];
    for (const errors = [error]; ; errors.push(error)) {
      const next = nextTry(errors, known);
      if (!next) return found;
      found.push(next.wait / 1000);
    }
  };

  it.each([
    ['a connection that was closed before the login', closed, true, [1, 2, 3, 5, 8, 32]],
    ['one that was reset', network('ECONNRESET'), true, [1, 2, 3, 5, 8, 32]],
    ['the same where no server has ever been seen, and the port may be wrong', closed, false, [1, 2, 3, 5]],
    ['a refused connection: a firewall counts every try', network('ECONNREFUSED'), true, [2, 32]],
    ['a refused connection to nobody knows what', network('ECONNREFUSED'), false, [2]],
    ['silence', network('ETIMEDOUT'), true, [5]],
    ['silence where no server has ever been seen', network('ETIMEDOUT'), false, []],
    [
      'a server that takes the connection and says nothing',
      new SetupError('', { code: 'unreachable' }),
      true,
      [5],
    ],
    [
      'a server that lets nobody in but root yet',
      cutOff(target, BOOTING, undefined),
      true,
      [5, 10, 15, 30, 30, 30],
    ],
    ['a login that was broken off without a word', cutOff(target, '', undefined), true, [5]],
    ['one that was broken off with a reason', cutOff(target, 'Back at noon.', undefined), true, []],
    ['a refused login', new LoginRefused('no', ''), true, []],
    ['another machine', new SetupError('', { code: 'host-key-changed' }), true, []],
    ['a name that DNS does not know', network('ENOTFOUND'), true, []],
    ['no route', network('EHOSTUNREACH'), true, []],
    ['Ctrl-C', new Cancelled(), true, []],
    ['a defect of this program', new TypeError('x'), true, []],
  ])('%s', (_, error, known, expected) => {
    expect(pauses(error, known)).toEqual(expected);
  });
});

it('counts each kind of trouble for itself', () => {
  expect(nextTry([closed, closed, network('ECONNREFUSED')], true)?.wait).toBe(2000);
  expect(nextTry([closed, closed, network('ECONNREFUSED'), closed], true)?.wait).toBe(3000);
});

describe('patiently', () => {
  const known = () => Promise.resolve(true);
  /** Fails so often, then works. */
  const failing = (times: number, error: unknown = closed) => {
    let tries = 0;
    return {
      tries: () => tries,
      attempt: () => (++tries > times ? Promise.resolve('in') : Promise.reject(error)),
    };
  };

  it('says why it waits and for how long, and gets in', async () => {
    const clock = fakeClock();
    const said: string[] = [];
    const { attempt } = failing(2);
    expect(await patiently(attempt, { say: (text) => said.push(text) }, known, undefined, clock)).toBe('in');
    expect(clock.slept).toEqual([1, 2]);
    expect(said).toEqual([
      '203.0.113.7 closed the connection before the login was done. Busy servers turn some connections away: trying again in 1 second (try 2).',
      expect.stringContaining('trying again in 2 seconds (try 3).'),
    ]);
  });

  it('case 11: asks a refused login only once', async () => {
    const { attempt, tries } = failing(9, new LoginRefused('no', ''));
    await expect(
      patiently(attempt, { say: () => undefined }, known, undefined, fakeClock()),
    ).rejects.toBeInstanceOf(LoginRefused);
    expect(tries()).toBe(1);
  });

  it('gives up with the last error, within a minute', async () => {
    const clock = fakeClock();
    const { attempt, tries } = failing(99);
    await expect(patiently(attempt, { say: () => undefined }, known, undefined, clock)).rejects.toBe(closed);
    expect(tries()).toBe(7);
    expect(clock.slept.reduce((sum, one) => sum + one)).toBeLessThan(60);
  });

  it('begins no pause that ends too late', async () => {
    const clock = fakeClock();
    const { attempt } = failing(99);
    await expect(
      patiently(attempt, { until: 1000 + 11_500, say: () => undefined }, known, undefined, clock),
    ).rejects.toBe(closed);
    expect(clock.slept).toEqual([1, 2, 3, 5]);
  });

  it('stops at Ctrl-C', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const waiting = patiently(failing(9).attempt, { say: () => undefined }, known, stop.signal, CLOCK);
    await expect(waiting).rejects.toBeInstanceOf(Cancelled);
  });
});

describe('Ctrl-C while a proof waits for its next try', () => {
  it('ends the pause at once, though the try itself is not cut off', async () => {
    const stop = new AbortController();
    const started = performance.now();
    const login = patiently(
      () => {
        setTimeout(() => stop.abort(), 20);
        return Promise.reject(
          new SetupError('nobody', { code: 'unreachable', cause: { code: 'ECONNREFUSED' } }),
        );
      },
      { say: () => undefined, stop: stop.signal },
      () => Promise.resolve(true),
      undefined,
      CLOCK,
    );
    await expect(login).rejects.toBeInstanceOf(Cancelled);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('ends the wait for its turn as well, where the firewall counts', async () => {
    const box = await server();
    const stop = new AbortController();
    const pace = { begun: [1, 2, 3, 4].map(() => Date.now()), counted: true };
    const said: string[] = [];
    const patience = {
      stop: stop.signal,
      say: (text: string) => {
        said.push(text);
        setTimeout(() => stop.abort(), 20);
      },
    };
    const started = performance.now();
    expect(await failure(open(box, { options: { pace, patience } }))).toBeInstanceOf(Cancelled);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(said).toEqual([expect.stringContaining('ufw limit')]);
  });
});

describe('a connection with patience', () => {
  it('survives a drop, and somebody is told about it', async () => {
    const box = await server({ turnAway: 1 });
    const said: string[] = [];
    const patience = { say: (text: string) => said.push(text) };
    const host = await open(box, { options: { patience } });
    expect((await host.run({ script: raw('echo in') })).stdout).toBe('in\n');
    expect(said).toEqual([expect.stringContaining('trying again in 1 second (try 2).')]);
    expect([box.connections, box.attempts]).toEqual([2, ['password root']]);
  });

  it('without patience fails at once', async () => {
    const box = await server({ turnAway: 1 });
    expect((await failure(open(box))).code).toBe('connection-closed');
    expect(box.connections).toBe(1);
  });

  it('case 11: does not knock again with a login that was refused', async () => {
    const box = await server();
    const options = { patience: { say: () => undefined } };
    expect((await failure(open(box, { credentials: withPassword('wrong'), options }))).code).toBe(
      'login-refused',
    );
    expect([box.connections, box.attempts]).toEqual([1, ['password root']]);
  });
});

describe('a server that is asked first', () => {
  it('is offered no password where it takes none', async () => {
    const box = await server({ methods: ['publickey'] });
    expect((await failure(open(box, { options: { askFirst: true } }))).code).toBe('login-refused');
    expect(box.attempts).toEqual(['none root']);
  });

  it('has said what it would take, once somebody is in', async () => {
    const host = await open(await server({ methods: ['password'] }), { options: { askFirst: true } });
    expect(host.accepts).toEqual(['password']);
    expect((await open(await server())).accepts).toEqual([]);
  });
});
