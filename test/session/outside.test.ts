import { describe, expect, it } from 'vitest';
import type { LoginOutcome, Outside } from '../../src/engine/step.js';
import { eyes, insideOf, knowingTheWayIn, type WayIn } from '../../src/session/outside.js';
import { lookAt, part } from '../doctor/parts.js';
import { contextWith } from '../recorded.js';

const tried: LoginOutcome = { ok: false, offered: ['publickey'], sudo: undefined, detail: 'was tried' };
const keyLogin = { user: 'researcher', credentials: { keys: [{ file: '/k/new' }], agent: false } };
const outside = (more: Partial<Outside> = {}) =>
  ({ keyLogin, firstLogin: undefined, login: () => Promise.resolve(tried), ...more }) as unknown as Outside;

describe('who is in by the key', () => {
  it('needs no other login to prove it', async () => {
    const eyes = knowingTheWayIn(outside(), Promise.resolve());
    expect(await eyes.login(eyes.keyLogin)).toEqual({
      ok: true,
      offered: [],
      sudo: true,
      detail: 'researcher logged in and reached root',
    });
  });

  it('has proved it only once the look inside is over', async () => {
    const failed = Promise.reject(new Error('the connection was lost'));
    const eyes = knowingTheWayIn(outside(), failed);
    await expect(eyes.login(eyes.keyLogin)).rejects.toThrow('the connection was lost');
  });

  it.each([
    ['root with the same key', { user: 'root', credentials: keyLogin.credentials }],
    ['the same user without the key', { user: 'researcher', credentials: { keys: [], agent: false } }],
  ])('still tries %s', async (_, as) => {
    expect(await knowingTheWayIn(outside(), Promise.resolve()).login(as)).toBe(tried);
  });

  it('is not who came in by another way: then the key is tried', async () => {
    const firstLogin = { user: 'root', credentials: { keys: [], agent: true } };
    const eyes = knowingTheWayIn(outside({ firstLogin }), Promise.resolve());
    expect(await eyes.login(eyes.keyLogin)).toBe(tried);
  });
});

describe('what a look has told of the inside', () => {
  it('is what all steps told, with each address under which a stranger finds the server', () => {
    const fact = { id: 'ufw.a', label: 'A', value: '1' };
    const sshd = { started: 1, asSet: true };
    const looks = [
      lookAt(part('ufw'), { facts: [fact] }),
      lookAt(part('sshd-config'), { inventory: { sshd } }),
    ];
    expect(insideOf(looks, contextWith(), ['203.0.113.7'])).toEqual({
      facts: [fact],
      inventory: { sshd },
      addresses: ['203.0.113.7', '2001:db8::7'],
    });
  });
});

describe('the eyes of proofs', () => {
  const inside = Promise.resolve({ facts: [], inventory: {}, addresses: [] });
  const way = (address: string, jumps: object[] = []) =>
    ({ first: { jumps }, limited: {}, entered: { host: { address } }, accepted: {} }) as unknown as WayIn;

  it('look at the address that was reached, and at the other family as DNS says', () => {
    const { address, addresses } = eyes(way('203.0.113.9'), contextWith(), inside);
    expect([address, addresses]).toEqual(['203.0.113.9', ['203.0.113.9', '2001:db8::7']]);
  });

  it('look at what DNS says where the way leads through another machine: its address is seen from there', () => {
    const { address, addresses } = eyes(way('10.0.0.5', [{}]), contextWith(), inside);
    expect([address, addresses]).toEqual(['203.0.113.7', ['203.0.113.7', '2001:db8::7']]);
  });

  it('log in with the key of the settings', () => {
    const { keyLogin, made } = eyes(way('203.0.113.9'), contextWith(), inside);
    expect(keyLogin).toEqual({
      user: 'researcher',
      credentials: { keys: [{ file: '/home/me/.ssh/broker' }], agent: true, onlyKeys: true },
    });
    expect(made).toEqual({});
  });
});
