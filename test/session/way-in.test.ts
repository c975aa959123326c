import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Login, LoginOutcome } from '../../src/engine/step.js';
import type { Session } from '../../src/session/session.js';
import { findWayIn, passwordOfFirst } from '../../src/session/way-in.js';
import { contextWith } from '../recorded.js';

afterEach(() => vi.unstubAllEnvs());

const key: Login = { user: 'researcher', credentials: { keys: [{ file: '/k/new' }], agent: false } };
const first: Login = { user: 'ubuntu', credentials: { keys: [{ file: '/k/old' }], agent: true } };

/** A session whose logins are answered so; those that were tried are kept as `user`, with a password or not. */
function session(answer: (login: Login, index: number) => Partial<LoginOutcome> | Error, firstLogin?: Login) {
  const tried: string[] = [];
  const opened: Login[] = [];
  const login = async (as: Login) => {
    tried.push(`${as.user}${as.credentials.password ? ` ${as.credentials.password.reveal()}` : ''}`);
    const seen = answer(as, tried.length - 1);
    if (seen instanceof Error) throw seen;
    return { ok: true, offered: [], sudo: true, detail: '', ...seen };
  };
  const outside = { keyLogin: key, firstLogin, login };
  const settings = { ...contextWith().settings, login: { user: 'root' } };
  const connectAs = async (as: Login) => opened.push(as);
  return { tried, opened, session: { context: { settings }, outside, connectAs } as unknown as Session };
}

describe('the way in', () => {
  it('is the limited user’s key, where that works', async () => {
    const { tried, opened, session: one } = session(() => ({}), first);
    const way = await findWayIn(one, undefined);
    expect([way?.login, tried]).toEqual([key, ['researcher']]);
    await way?.open();
    expect(opened).toEqual([key]);
  });

  it('is else the login that opened the door for this run, else the first that the settings name', async () => {
    const { tried, session: one } = session((_, index) => (index === 2 ? {} : { ok: false }), first);
    expect((await findWayIn(one, undefined))?.login.user).toBe('root');
    expect(tried).toEqual(['researcher', 'ubuntu', 'root']);
  });

  it('may be the password that is given', async () => {
    vi.stubEnv('BROKER_SETUP_LOGIN_PASSWORD', 'given');
    const { session: one, tried } = session(({ credentials }) => ({
      ok: credentials.password !== undefined,
    }));
    const password = await passwordOfFirst(one, ['/etc/hosts']);
    expect((await findWayIn(one, password))?.login.user).toBe('root');
    expect(tried).toEqual(['researcher', 'root given']);
  });

  it.each<[string, Partial<LoginOutcome> | Error]>([
    ['is refused', { ok: false, sudo: undefined }],
    ['gets in, but does not reach root', { sudo: false }],
    ['gets in, but nobody knows what it may', { sudo: undefined }],
    ['meets silence', new Error('unreachable')],
  ])('is none where every login %s', async (_, answer) => {
    expect(await findWayIn(session(() => answer, first).session, undefined)).toBeUndefined();
  });
});
