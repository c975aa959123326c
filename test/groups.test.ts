import { expect, it } from 'vitest';
import { ALL_SPOILS } from './e2e/doctor/spoils.js';
import { groupsOf, type Parted, partsOf } from './groups.js';

const one = (found: string, more: Omit<Parted, 'found'> = {}): Parted => ({
  found: found.split(' '),
  ...more,
});

it('takes up each step in which it is found, and what it declares', () => {
  expect([...partsOf(one('ufw.rules ufw.closes ports', { touches: ['broker'] }))]).toEqual([
    'ufw',
    'ports',
    'broker',
  ]);
});

it('tells the findings of one step apart where they are independent of each other', () => {
  expect([...partsOf(one('conf-edits.device conf-edits.untold'))]).toEqual([
    'conf-edits.device',
    'conf-edits.untold',
  ]);
});

it('keeps apart what touches the same part, and places first what has most rivals', () => {
  const [rules, reject, reboot, clock, shared, find] = [
    one('ufw.rules'),
    one('ufw.reject-first'),
    one('update.reboot'),
    one('system.clock', { touches: ['date'] }),
    one('certificate.timer-late', { touches: ['date'] }),
    one('secrets', { alone: true }),
  ];
  expect(groupsOf([reboot, rules, find, clock, reject, shared])).toEqual([
    [rules, clock, reboot],
    [reject, shared],
    [find],
  ]);
});

it('makes no group larger than wanted', () => {
  const many = ['a', 'b', 'c', 'd', 'e'].map((step) => one(`${step}.x`));
  expect(groupsOf(many, 2).map((group) => group.length)).toEqual([2, 2, 1]);
});

it('puts each breakage of the tests into one group, no two of which share a part', () => {
  const groups = groupsOf(ALL_SPOILS);
  expect(groups.flat()).toHaveLength(ALL_SPOILS.length);
  expect(new Set(groups.flat()).size).toBe(ALL_SPOILS.length);
  for (const group of groups) {
    const parts = group.flatMap((one) => [...partsOf(one)]);
    expect(new Set(parts).size).toBe(parts.length);
  }
  expect(groups.length).toBeLessThan(ALL_SPOILS.length / 4);
});
