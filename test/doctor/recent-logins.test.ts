import { describe, expect, it } from 'vitest';
import { type RecentLogins, recentLogins, stillRefused } from '../../src/doctor/recent-logins.js';
import type { Inventory } from '../../src/engine/inventory.js';
import { proofOf } from './parts.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const minutesAgo = (minutes: number) => NOW - minutes * 60_000;
const inside: Inventory = { sshd: { started: 1000, asSet: true } };
const recent = (at: number): RecentLogins => ({
  version: 1,
  at,
  sshd: 1000,
  refused: { 'login.root': 'refused with the key', 'login.user': 'never believed' },
});

describe('a login that was refused just now', () => {
  it('need not be tried again, and says how long ago it was', () => {
    expect(stillRefused('login.root', recent(NOW - 12_400), inside, NOW)).toEqual({
      ok: true,
      detail: 'refused with the key, 12 s ago',
    });
  });

  it.each<[string, Parameters<typeof stillRefused>]>([
    ['it was more than five minutes ago', ['login.root', recent(minutesAgo(5) - 1), inside, NOW]],
    ['it will be: the clock was set back', ['login.root', recent(NOW + 1000), inside, NOW]],
    [
      'sshd was started anew since',
      ['login.root', recent(NOW), { sshd: { started: 1001, asSet: true } }, NOW],
    ],
    [
      'sshd is not as it was set',
      ['login.root', recent(NOW), { sshd: { started: 1000, asSet: false } }, NOW],
    ],
    ['nothing is known of sshd', ['login.root', recent(NOW), {}, NOW]],
    [
      'nobody knows when sshd was started',
      [
        'login.root',
        { ...recent(NOW), sshd: Number.NaN },
        { sshd: { started: Number.NaN, asSet: true } },
        NOW,
      ],
    ],
    ['nothing was kept', ['login.root', undefined, inside, NOW]],
    ['this one was not tried then', ['login.password', recent(NOW), inside, NOW]],
    ['it is a login that must succeed', ['login.user', recent(NOW), inside, NOW]],
  ])('is tried again where %s', (_, known) => {
    expect(stillRefused(...known)).toBeUndefined();
  });

  it('counts to the last of five minutes', () => {
    expect(stillRefused('login.root', recent(minutesAgo(5)), inside, NOW)?.ok).toBe(true);
  });
});

describe('what is kept', () => {
  const root = proofOf('sshd-config', 'login.root', { ok: true, detail: 'refused' });
  const password = proofOf('sshd-config', 'login.password', { ok: true, detail: 'not offered' });
  const user = proofOf('sshd-config', 'login.user', { ok: true, detail: 'logged in' });
  const all = new Set(['login.root', 'login.password', 'login.user']);
  const kept = (proofs: Parameters<typeof recentLogins>[0], tried: ReadonlySet<string> = all) =>
    recentLogins(proofs, tried, inside, NOW);

  it('are the two refusals, with the sshd that refused', () => {
    expect(kept([user, root, password])).toEqual({
      version: 1,
      at: NOW,
      sshd: 1000,
      refused: { 'login.root': 'refused', 'login.password': 'not offered' },
    });
  });

  it('is nothing where a login was not refused, or could not be tried', () => {
    expect(kept([proofOf('s', 'login.root', { ok: false, detail: 'let in' })])).toBeUndefined();
    expect(kept([proofOf('s', 'login.root', { ok: undefined, detail: 'gone' })])).toBeUndefined();
  });

  it('is nothing of what was only remembered: its age would grow without end', () => {
    expect(kept([root, password], new Set())).toBeUndefined();
    expect(kept([root, password], new Set(['login.password']))?.refused).toEqual({
      'login.password': 'not offered',
    });
  });

  it('is nothing where sshd is not known', () => {
    expect(recentLogins([root], all, {}, NOW)).toBeUndefined();
  });

  it('is believed as it was written', () => {
    const written = JSON.parse(JSON.stringify(kept([root]))) as RecentLogins;
    expect(stillRefused('login.root', written, inside, NOW + 1000)?.ok).toBe(true);
  });
});
