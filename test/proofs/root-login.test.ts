import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/engine/inventory.js';
import type { Context, Login, Outside } from '../../src/engine/step.js';
import { rootRefused } from '../../src/proofs/login.js';
import { contextWith } from '../recorded.js';

const root = (...ssh: Account['ssh']): Account => ({
  name: 'root',
  root: 'itself',
  password: true,
  ssh,
  keys: [],
});
const judge = (accounts: Account[] | undefined) =>
  rootRefused(contextWith() as Context).run({
    login: ({ user }: Login) =>
      Promise.resolve(
        user === 'root'
          ? { ok: false, offered: ['publickey'], sudo: undefined, detail: 'refused' }
          : { ok: true, offered: ['publickey'], sudo: true, detail: 'logged in' },
      ),
    keyLogin: { user: 'researcher', credentials: { keys: [], agent: false } },
    firstLogin: undefined,
    inside: Promise.resolve({ facts: [], inventory: accounts ? { accounts } : {}, addresses: [] }),
  } as unknown as Outside);

describe('root, whom our key does not let in', () => {
  it.each<[string, Account['ssh'], string]>([
    ['a password', ['password'], 'password'],
    ['another key', ['key'], 'key'],
    ['both', ['key', 'password'], 'key or password'],
  ])('is not refused where sshd lets it in with %s', async (_, ssh, words) => {
    expect(await judge([root(...ssh)])).toEqual({
      ok: false,
      detail: `the key was refused, but sshd lets root in with ${words}`,
      hint: expect.stringContaining('PermitRootLogin'),
    });
  });

  it.each<[string, Account[] | undefined]>([
    ['sshd says the same', [root()]],
    ['others get in', [root(), { ...root('password'), name: 'ada' }]],
    ['nobody looked inside', undefined],
  ])('is refused where %s', async (_, accounts) => {
    expect(await judge(accounts)).toMatchObject({ ok: true, detail: 'refused with the key' });
  });
});
