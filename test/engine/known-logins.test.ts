import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/engine/events.js';
import { untilTheNextChange } from '../../src/engine/known-logins.js';
import type { LoginOutcome, Outside } from '../../src/engine/step.js';
import { passwordRefused } from '../../src/proofs/login.js';
import { Secret } from '../../src/sh.js';

type As = Parameters<Outside['login']>[0];
const keyLogin: As = { user: 'researcher', credentials: { keys: [{ file: '/k/new' }], agent: true } };
const asRoot: As = { user: 'root', credentials: keyLogin.credentials };
const noKey: As = { user: 'researcher', credentials: { keys: [], agent: false } };
const change = { type: 'change', step: 'ufw' } as Event;

const letIn = (offered: string[]): LoginOutcome => ({ ok: true, offered, sudo: true, detail: 'let in' });

/** Eyes that note whom they try, each try with the next of these answers. */
function eyes(answers: LoginOutcome[], entered?: LoginOutcome) {
  const tried: string[] = [];
  const login = (as: As): Promise<LoginOutcome> => {
    tried.push(`${as.user}${as.credentials.agent ? ' with the key' : ''}`);
    return Promise.resolve(
      answers.shift() ?? { ok: false, offered: ['publickey'], sudo: undefined, detail: 'refused' },
    );
  };
  const outside = { keyLogin, firstLogin: undefined, login } as unknown as Outside;
  return { tried, ...untilTheNextChange(outside, () => undefined, entered) };
}

describe('a login that was proved', () => {
  it('is proved until something is changed', async () => {
    const { outside, emit, tried } = eyes([letIn([]), letIn([])]);
    await outside.login(keyLogin);
    await outside.login(keyLogin);
    emit({ type: 'line', step: 'ufw', text: 'x' });
    await outside.login(keyLogin);
    expect(tried).toHaveLength(1);
    emit(change);
    await outside.login(keyLogin);
    expect(tried).toHaveLength(2);
  });

  it('may be the one of this very connection, until something is changed', async () => {
    const { outside, emit, tried } = eyes([letIn([])], letIn([]));
    expect((await outside.login(keyLogin)).ok).toBe(true);
    expect(tried).toEqual([]);
    emit(change);
    await outside.login(keyLogin);
    expect(tried).toEqual(['researcher with the key']);
  });

  it.each<[string, LoginOutcome]>([
    ['was refused', { ok: false, offered: [], sudo: undefined, detail: '' }],
    ['reached no root', { ok: true, offered: [], sudo: false, detail: '' }],
  ])('is tried again where it %s', async (_, answer) => {
    const { outside, tried } = eyes([answer, answer]);
    await outside.login(keyLogin);
    await outside.login(keyLogin);
    expect(tried).toHaveLength(2);
  });

  it('says nothing of others: root is tried', async () => {
    const { outside, tried } = eyes([letIn(['publickey'])]);
    await outside.login(keyLogin);
    await outside.login(asRoot);
    expect(tried).toEqual(['researcher with the key', 'root with the key']);
  });
});

describe('whether passwords are taken', () => {
  it('was told by the login with the key', async () => {
    const { outside, tried } = eyes([letIn(['publickey'])]);
    await outside.login(keyLogin);
    expect(await passwordRefused(outside.context).run(outside)).toMatchObject({ ok: true });
    expect(tried).toHaveLength(1);
  });

  it.each([
    ['offers a password', ['publickey', 'password']],
    ['offers to ask for one', ['publickey', 'keyboard-interactive']],
    ['was not asked', []],
  ])('is tried where the server %s', async (_, offered) => {
    const { outside, tried } = eyes([letIn(offered)]);
    await outside.login(keyLogin);
    await outside.login(noKey);
    expect(tried).toEqual(['researcher with the key', 'researcher']);
  });

  it('is tried for another user, and after a change', async () => {
    const { outside, emit, tried } = eyes([letIn(['publickey'])]);
    await outside.login(keyLogin);
    await outside.login({
      user: 'ubuntu',
      credentials: { keys: [], agent: false, password: new Secret('x') },
    });
    emit(change);
    await outside.login(noKey);
    expect(tried).toEqual(['researcher with the key', 'ubuntu', 'researcher']);
  });
});
