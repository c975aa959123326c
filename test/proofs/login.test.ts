import { afterEach, describe, expect, it } from 'vitest';
import type { Context, LoginOutcome, Outside } from '../../src/engine/step.js';
import { SetupError } from '../../src/errors.js';
import { login, newUserLogin, passwordRefused, rootRefused, sameLogin } from '../../src/proofs/login.js';
import { Secret } from '../../src/sh.js';
import { type ServerOptions, startServer, type TestServer } from '../host/server.js';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('login', () => {
  const seen = async (options: ServerOptions, password?: string): Promise<LoginOutcome> => {
    const box = await startServer({ password: 'right', ...options });
    server = box;
    const credentials = {
      keys: [],
      agent: false,
      ...(password === undefined ? {} : { password: new Secret(password) }),
    };
    return login(
      box.target(),
      { user: 'researcher', credentials },
      { known: () => Promise.resolve(box.hostKeys) },
    );
  };

  it('reaches root', async () => {
    expect(await seen({}, 'right')).toEqual({
      ok: true,
      offered: ['publickey', 'password'],
      sudo: true,
      detail: 'researcher logged in and reached root',
    });
  });

  it('is refused without an exception, with what the server offers', async () => {
    expect(await seen({}, 'wrong')).toMatchObject({
      ok: false,
      offered: ['publickey', 'password'],
      sudo: undefined,
    });
    await server?.close();
    expect(await seen({ methods: ['publickey'] })).toMatchObject({
      ok: false,
      offered: ['publickey'],
      sudo: undefined,
    });
  });

  it('offers a password only where the server takes one: all else would be a failed login', async () => {
    await seen({ methods: ['publickey'] }, 'right');
    expect(server?.attempts).toEqual(['none researcher']);
  });

  it('survives that the server turns it away, once sshd was restarted', async () => {
    const box = await startServer({ password: 'right', turnAway: 1 });
    server = box;
    const said: string[] = [];
    const credentials = { keys: [], agent: false, password: new Secret('right') };
    const hostKey = { known: () => Promise.resolve(box.hostKeys) };
    const patience = { until: performance.now() + 5000, say: (text: string) => said.push(text) };
    const outcome = await login(box.target(), { user: 'researcher', credentials }, hostKey, { patience });
    expect(outcome.ok).toBe(true);
    expect(said).toHaveLength(1);
  });

  it('counts as let in where only a forced command answers', async () => {
    const forced = 'Please login as the user "ubuntu" rather than the user "root".\n';
    expect(await seen({ forced }, 'right')).toMatchObject({ ok: true, sudo: undefined });
  });

  it('is no answer where the server is not there', async () => {
    const gone = await startServer();
    await gone.close();
    const as = { user: 'root', credentials: { keys: [], agent: false } };
    await expect(login(gone.target(), as, { known: () => Promise.resolve([]) })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

const context = { settings: { user: { name: 'researcher' } } } as Context;
const refused = (offered: string[] = ['publickey']): LoginOutcome => ({
  ok: false,
  offered,
  sudo: undefined,
  detail: 'refused',
});
const letIn = (sudo: boolean): LoginOutcome => ({ ok: true, offered: [], sudo, detail: 'let in' });
type As = Parameters<Outside['login']>[0];
const key = { keys: [{ file: '/k/new' }], agent: false };

/** What shows that the same client is let in with the right key. */
const CONTROL = { user: 'researcher', credentials: key };

/** Outside as it would be, with these answers in turn; the logins that were tried are kept. */
function outside(
  answers: (LoginOutcome | Error)[],
  more: Partial<Outside> = {},
): { outside: Outside; tried: As[] } {
  const tried: As[] = [];
  const looks: Outside = {
    context,
    address: '203.0.113.7',
    addresses: ['203.0.113.7'],
    login: (as) => {
      tried.push(as);
      const answer = answers.shift() ?? new Error('one login too many');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    inside: Promise.resolve({ facts: [], inventory: {}, addresses: [] }),
    keyLogin: { user: 'researcher', credentials: key },
    firstLogin: undefined,
    made: {},
    ...more,
  };
  return { outside: looks, tried };
}

describe('newUserLogin', () => {
  it.each([
    [letIn(true), true],
    [letIn(false), false],
    [refused(), false],
    [new SetupError('gone', { code: 'unreachable' }), undefined],
  ])('%j is %s', async (answer, ok) => {
    expect((await newUserLogin(context).run(outside([answer]).outside)).ok).toBe(ok);
  });
});

describe('sameLogin', () => {
  const root = { user: 'root', credentials: { keys: [{ file: '/k/old' }], agent: true } };
  const own = { user: 'researcher', credentials: { keys: [], agent: false, password: new Secret('first') } };

  it.each([
    [letIn(true), true],
    [letIn(false), false],
    [{ ...letIn(true), sudo: undefined }, false],
    [refused(), false],
    [new SetupError('gone', { code: 'unreachable' }), undefined],
  ])('%j is %s', async (answer, ok) => {
    expect((await sameLogin.run(outside([answer], { firstLogin: root }).outside)).ok).toBe(ok);
  });

  it.each<[string, Partial<Outside>, As]>([
    ['the first login', { firstLogin: root }, root],
    ['the key, where that opened the door', {}, { user: 'researcher', credentials: key }],
    [
      'the first login of the limited user, with the password that sudo asks for from now on',
      {
        firstLogin: own,
        keyLogin: { user: 'researcher', credentials: key, sudoPassword: new Secret('new') },
      },
      { ...own, sudoPassword: new Secret('new') },
    ],
  ])('tries %s', async (_, more, expected) => {
    const { outside: looks, tried } = outside([letIn(true)], more);
    await sameLogin.run(looks);
    expect(tried).toEqual([expected]);
    expect(tried[0]?.sudoPassword?.reveal()).toBe(expected.sudoPassword?.reveal());
  });
});

it.each([rootRefused, passwordRefused])(
  'case 210: %o cannot tell where the key is refused as well',
  async (proof) => {
    expect(await proof(context).run(outside([refused(), refused()]).outside)).toMatchObject({
      ok: undefined,
      detail: expect.stringContaining('researcher is refused with the right key as well'),
    });
  },
);

describe('rootRefused', () => {
  it('tries the new key and the first login in one connection', async () => {
    const password = new Secret('first');
    const firstLogin = {
      user: 'root',
      credentials: { keys: [{ file: '/k/new' }, { file: '/k/old' }], agent: true, password },
    };
    const { outside: looks, tried } = outside([refused(), letIn(true)], { firstLogin });
    expect(await rootRefused(context).run(looks)).toMatchObject({ ok: true });
    expect(tried).toEqual([
      {
        user: 'root',
        credentials: { keys: [{ file: '/k/new' }, { file: '/k/old' }], agent: true, password },
      },
      CONTROL,
    ]);
  });

  it('tries the new key alone where the first login was another user', async () => {
    const firstLogin = { user: 'ubuntu', credentials: { keys: [], agent: true } };
    const { outside: looks, tried } = outside([refused(), letIn(true)], { firstLogin });
    expect(await rootRefused(context).run(looks)).toMatchObject({ ok: true });
    expect(tried).toEqual([{ user: 'root', credentials: key }, CONTROL]);
  });

  it('fails once root is let in, whatever it may do there', async () => {
    expect(
      await rootRefused(context).run(outside([{ ...letIn(false), sudo: undefined }]).outside),
    ).toMatchObject({ ok: false });
  });
});

describe('passwordRefused', () => {
  it('holds where only keys are offered', async () => {
    const { outside: looks, tried } = outside([refused(['publickey']), letIn(true)]);
    expect(await passwordRefused(context).run(looks)).toMatchObject({ ok: true });
    expect(tried).toEqual([{ user: 'researcher', credentials: { keys: [], agent: false } }, CONTROL]);
  });

  it.each([['password'], ['keyboard-interactive']])('fails where %s is offered', async (method) => {
    expect(
      await passwordRefused(context).run(outside([refused(['publickey', method])]).outside),
    ).toMatchObject({ ok: false, detail: expect.stringContaining(method) });
  });

  it('tries the passwords that are known', async () => {
    const firstLogin = {
      user: 'ubuntu',
      credentials: { keys: [{ file: '/k/old' }], agent: true, password: new Secret('first') },
    };
    const keyLogin = { user: 'researcher', credentials: key, sudoPassword: new Secret('sudo') };
    const { outside: looks, tried } = outside([refused(), letIn(true)], { firstLogin, keyLogin });
    expect(await passwordRefused(context).run(looks)).toMatchObject({
      ok: false,
      detail: 'ubuntu was let in without the key',
    });
    expect(
      tried.map((as) => [as.user, as.credentials.keys.length, as.credentials.password?.reveal()]),
    ).toEqual([
      ['researcher', 0, 'sudo'],
      ['ubuntu', 0, 'first'],
    ]);
  });
});
