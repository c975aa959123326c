import { describe, expect, it } from 'vitest';
import type { CutOff, Holder } from '../../src/run-log/seen.js';
import { locked, moment, whatHappened, whoHolds } from '../../src/run-log/sentences.js';

const runner = { tool: '1', by: 'me@laptop', machine: 'm', pid: 7, command: 'init' };
const AT = '2026-11-24T14:30:05Z';
const holder: Holder = { ...runner, run: 'r', from: '192.0.2.9', since: AT, step: 'Firewall', alive: true };
const cutOff: CutOff = { id: 'r', runner, at: AT, last: undefined, guard: undefined, told: false };
const last = (code: number | undefined) => ({ title: 'Firewall', summary: 'Close all ports', code });

it.each([
  [AT, '2026-11-24 14:30 UTC'],
  ['', 'an unknown time'],
])('tells the moment %j', (iso, expected) => {
  expect(moment(iso)).toBe(expected);
});

describe('who holds the lock', () => {
  it.each<[Partial<Holder>, string]>([
    [
      {},
      'me@laptop (from 192.0.2.9) has been at work on this server since 2026-11-24 14:30 UTC with “init”, now at “Firewall”',
    ],
    [
      { from: '', step: undefined, since: '' },
      'me@laptop has been at work on this server since an unknown time with “init”',
    ],
  ])('%j', (other, expected) => {
    expect(whoHolds({ ...holder, ...other })).toBe(expected);
  });

  it.each([
    [holder, /^me@laptop .*“Firewall”\.$/],
    [undefined, /^Another run is at work on this server\.$/],
  ])('and what to do about it', (who, message) => {
    const error = locked(who, 'broker-setup unlock --config x');
    expect([error.code, error.message]).toEqual(['locked', expect.stringMatching(message)]);
    expect(error.hint).toMatch(/^Nothing was changed\. Wait .*: broker-setup unlock --config x$/);
  });
});

describe('what happened to a run that was cut off', () => {
  const began = 'The run of me@laptop that began at 2026-11-24 14:30 UTC was cut off';
  const guard = (state: 'armed' | 'confirmed' | 'restored') => ({ state, title: 'Secure SSH', at: AT });
  it.each<[string, Partial<CutOff>, string]>([
    ['nothing', {}, `${began} before it changed anything.`],
    [
      'the change was done',
      { last: last(0) },
      `${began} at “Firewall”; its last change was done (Close all ports).`,
    ],
    ['the change failed', { last: last(1) }, `${began} at “Firewall” (Close all ports).`],
    ['nobody knows of the change', { last: last(undefined) }, `${began} at “Firewall” (Close all ports).`],
    [
      'it was proved',
      { last: last(0), guard: guard('confirmed') },
      `${began} at “Firewall”; its last change was done (Close all ports).`,
    ],
    [
      'it was taken back',
      { last: last(0), guard: guard('restored') },
      `${began} at “Firewall”. The server has taken the change of “Secure SSH” back by itself (2026-11-24 14:30 UTC), so the way in is as it was before.`,
    ],
  ])('where %s', (_, other, expected) => {
    expect(whatHappened({ ...cutOff, ...other })).toBe(expected);
  });
});
