import { describe, expect, it } from 'vitest';
import { lookOutside } from '../../src/engine/look-outside.js';
import type { Outside, Proof, Proved } from '../../src/engine/step.js';
import { Secret } from '../../src/sh.js';
import { part } from '../doctor/parts.js';

const held: Proved = { ok: true, detail: 'seen' };
const proof = (more: Partial<Proof> = {}): Proof => ({
  id: 'login.root',
  title: 'root is refused',
  run: () => Promise.resolve(held),
  ...more,
});
const outside = { made: {} } as unknown as Outside;
const steps = (...proofs: Proof[]) => [part('ufw', '', proofs)];
const every = () => true;
const inTurn = { inTurn: true } as const;
const outcomes = async (...asked: Parameters<typeof lookOutside>) =>
  (await lookOutside(...asked)).map(({ id, proved }) => [id, proved.ok, proved.detail]);

describe('all looks from outside', () => {
  it('are reported with the step that they belong to', async () => {
    expect(await lookOutside(steps(proof()), outside, every)).toEqual([
      { type: 'proof', step: 'ufw', id: 'login.root', title: 'root is refused', proved: held },
    ]);
  });

  it('are made once, by the first step that asks for it', async () => {
    const twice = [part('sshd-config', '', [proof()]), part('ufw', '', [proof()])];
    expect((await lookOutside(twice, outside, every)).map(({ step }) => step)).toEqual(['sshd-config']);
  });

  it('are those that are wanted', async () => {
    const two = steps(proof({ inside: true }), proof({ id: 'ports.open' }));
    expect(await outcomes(two, outside, (one) => !one.inside)).toEqual([['ports.open', true, 'seen']]);
  });

  it('are left out where they need what nobody has', async () => {
    const needy = steps(proof({ needs: 'devicePassword' }));
    const made = { made: { devicePassword: new Secret('x') } } as unknown as Outside;
    expect(await outcomes(needy, outside, every)).toEqual([]);
    expect(await outcomes(needy, made, every)).toHaveLength(1);
  });

  it('are unknown where they crash, and hide no other', async () => {
    const crash = proof({ run: () => Promise.reject(new Error('the world ended')) });
    const thrown = proof({
      id: 'login.user',
      run: () => {
        throw new TypeError('before it began');
      },
    });
    expect(await outcomes(steps(crash, thrown, proof({ id: 'ports.open' })), outside, every)).toEqual([
      ['login.root', undefined, 'the world ended'],
      ['login.user', undefined, 'before it began'],
      ['ports.open', true, 'seen'],
    ]);
  });

  it('are made at the same time', async () => {
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const waits = proof({ ...inTurn, run: () => met.then(() => held) });
    const opens = proof({
      ...{ ...inTurn, id: 'ports.open' },
      run: () => {
        meet();
        return Promise.resolve(held);
      },
    });
    expect(await outcomes(steps(waits, opens), outside, every)).toHaveLength(2);
  });
});

describe('a look that logs in', () => {
  const eyes = { made: {}, address: 'the other eyes' } as unknown as Outside;
  const who = (more: Partial<Proof> = {}) =>
    proof({ run: ({ address }) => Promise.resolve({ ok: true, detail: String(address) }), ...more });

  it('waits for eyes that know what it needs; the others do not', async () => {
    const two = steps(who(inTurn), who({ id: 'ports.open' }));
    expect(await outcomes(two, outside, every, Promise.resolve(eyes))).toEqual([
      ['login.root', true, 'the other eyes'],
      ['ports.open', true, 'undefined'],
    ]);
  });

  it('is unknown where nobody got in', async () => {
    const refused = Promise.reject(new Error('nobody got in'));
    expect(await outcomes(steps(who(inTurn)), outside, every, refused)).toEqual([
      ['login.root', undefined, 'nobody got in'],
    ]);
  });

  it('is not made where its outcome is known', async () => {
    const never = proof({ ...inTurn, run: () => Promise.reject(new Error('was made')) });
    const known = () => Promise.resolve({ ok: true, detail: 'just now' });
    expect(await outcomes(steps(never), outside, every, Promise.resolve(eyes), known)).toEqual([
      ['login.root', true, 'just now'],
    ]);
  });

  it('is never known where it does not log in', async () => {
    const known = () => Promise.resolve({ ok: false, detail: 'just now' });
    expect(await outcomes(steps(proof()), outside, every, Promise.resolve(eyes), known)).toEqual([
      ['login.root', true, 'seen'],
    ]);
  });

  it('is not lost, nor any other, where it cannot be found out what is known of it', async () => {
    const known = () => Promise.reject(new Error('the look inside failed'));
    const two = steps(who(inTurn), who({ id: 'ports.open' }));
    const seen = await outcomes(two, outside, every, Promise.resolve(eyes), known);
    expect(seen.map(([id]) => id)).toEqual(['login.root', 'ports.open']);
  });
});
