import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/engine/events.js';
import { prove } from '../../src/engine/prove.js';
import type { Outside, Proof } from '../../src/engine/step.js';
import type { Patience } from '../../src/host/ssh/patience.js';

const outside = { made: {} } as Outside;

/** Proofs that note when they begin and end. */
function watched() {
  const seen: string[] = [];
  const proof = (id: string, ok: boolean | undefined, more: Partial<Proof> = {}): Proof => ({
    id: id as Proof['id'],
    title: `${id} holds`,
    run: async () => {
      seen.push(`${id} begins`);
      await new Promise((resolve) => setTimeout(resolve, id === 'slow' ? 40 : 5));
      seen.push(`${id} ends`);
      return { ok, detail: 'looked' };
    },
    ...more,
  });
  return { seen, proof };
}

const reported = (events: Event[]) => events.map((event) => (event.type === 'proof' ? event.id : event.type));

describe('prove', () => {
  it('makes proofs at the same time, and reports them in their order', async () => {
    const { seen, proof } = watched();
    const events: Event[] = [];
    const proofs = [proof('slow', true), proof('quick', true)];
    await prove('conf-edits', proofs, outside, (event) => events.push(event), 'not-fail');
    expect(seen).toEqual(['slow begins', 'quick begins', 'quick ends', 'slow ends']);
    expect(reported(events)).toEqual(['slow', 'quick']);
  });

  it('makes one login after the other, and none after one that failed', async () => {
    const { seen, proof } = watched();
    const events: Event[] = [];
    const logins = [true, false, true].map((ok, index) => proof(`login-${index}`, ok, { inTurn: true }));
    await expect(
      prove('sshd-config', logins, outside, (event) => events.push(event), 'hold'),
    ).rejects.toMatchObject({ code: 'proof-failed' });
    expect(seen).toEqual(['login-0 begins', 'login-0 ends', 'login-1 begins', 'login-1 ends']);
    expect(reported(events)).toEqual(['login-0', 'login-1']);
  });

  it('lets what could not be checked pass only where the way in does not depend on it', async () => {
    const { proof } = watched();
    const unknown = [proof('unknown', undefined)];
    await expect(prove('ufw', unknown, outside, () => undefined, 'hold')).rejects.toMatchObject({
      code: 'proof-failed',
    });
    await expect(prove('ufw', unknown, outside, () => undefined, 'not-fail')).resolves.toBeUndefined();
  });

  it('has patience with logins for a minute in all, and tells why it waits', async () => {
    const events: Event[] = [];
    const begun = performance.now();
    const ends: number[] = [];
    const login = (_: unknown, patience?: Patience) => {
      patience?.say('Waiting \x1b[31m5 seconds.');
      ends.push(patience?.until ?? 0);
      return Promise.resolve({ ok: true });
    };
    const { proof } = watched();
    const run = async ({ login: tryLogin, keyLogin }: Outside) => ({
      ok: (await tryLogin(keyLogin)).ok,
      detail: '',
    });
    const proofs = ['one', 'two'].map((id) => proof(id, true, { inTurn: true, run }));
    await prove(
      'ufw',
      proofs,
      { ...outside, login } as unknown as Outside,
      (event) => events.push(event),
      'hold',
    );
    expect(events[0]).toEqual({ type: 'wait', step: 'ufw', text: 'Waiting 5 seconds.' });
    expect(ends[1]).toBe(ends[0]);
    expect((ends[0] ?? 0) - begun).toBeGreaterThan(59_000);
    expect((ends[0] ?? 0) - begun).toBeLessThan(61_000);
  });

  it('hands the run’s Ctrl-C to logins that wait for their next try', async () => {
    const stop = new AbortController();
    const handed: unknown[] = [];
    const login = (_: unknown, patience?: Patience) => {
      handed.push(patience?.stop);
      return Promise.resolve({ ok: true });
    };
    const { proof } = watched();
    const run = async (eyes: Outside) => ({ ok: (await eyes.login(eyes.keyLogin)).ok, detail: '' });
    const proofs = [proof('one', true, { run })];
    const watching = { ...outside, login } as unknown as Outside;
    await prove('ufw', proofs, watching, () => undefined, 'hold', stop.signal);
    expect(handed).toEqual([stop.signal]);
  });

  it('case 174: waits no longer for a proof once it is told to stop', async () => {
    const stop = new AbortController();
    const silent: Proof = {
      id: 'ports.open',
      title: 'it answers',
      run: () => new Promise(() => undefined),
    };
    setTimeout(() => stop.abort(), 20);
    const events: Event[] = [];
    await expect(
      prove('conf-edits', [silent], outside, (event) => events.push(event), 'hold', stop.signal),
    ).rejects.toMatchObject({ name: 'Cancelled' });
    expect(events).toEqual([]);
  });

  it('leaves out what needs a password that nobody knows', async () => {
    const { seen, proof } = watched();
    await prove(
      'conf-edits',
      [proof('message', false, { needs: 'devicePassword' })],
      outside,
      () => undefined,
      'hold',
    );
    expect(seen).toEqual([]);
  });
});
