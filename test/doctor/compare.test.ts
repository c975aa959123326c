import { describe, expect, it } from 'vitest';
import { onlyChanged, onlyOpen, remembered } from '../../src/doctor/compare.js';
import type { Line, Report } from '../../src/doctor/report.js';
import { lineOf } from './parts.js';

const DAY_BEFORE = '2026-11-22T12:00:00.000Z';
const report = (findings: Line[], at = '2026-11-23T12:00:00.000Z'): Report => ({
  ...{ version: 1, server: '203.0.113.7', at, ok: true, exitCode: 0, findings },
  counts: { ok: 0, problem: 0, warning: 0, unknown: 0, accepted: 0 },
  groups: ['ufw', 'system'].map((id) => ({ id, title: id, state: 'ok' })),
  ...{ facts: [{ id: 'system.a', label: 'A', value: '1' }], ports: [], certificates: [], accounts: [] },
});
const accepted = { reason: 'on purpose' };
const rules = lineOf();
const disk = lineOf({ id: 'system.disk', group: 'system', state: 'warning', summary: 'The disk fills up.' });
const fine = lineOf({ id: 'system', group: 'system', state: 'ok' });
const well = lineOf({ id: 'ufw', state: 'ok' });
const changed = (before: Line[], now: Line[]) =>
  onlyChanged(report(now), remembered(report(before, DAY_BEFORE)));
const shown = ({ findings, gone }: Report) => ({
  now: findings.map(({ summary }) => summary),
  gone: gone?.map(({ summary }) => summary),
});

describe('what is kept', () => {
  it('is what stands open, without what changes from day to day', () => {
    const all = [well, { ...rules, detail: '12 ms', mend: 'do it' }, { ...disk, accepted }];
    expect(remembered(report(all))).toEqual({
      version: 1,
      at: '2026-11-23T12:00:00.000Z',
      findings: [rules],
    });
  });

  it('keeps what could not be looked at this time, for the next', () => {
    const before = remembered(report([rules, disk], DAY_BEFORE));
    const shut = lineOf({ id: 'system', group: 'system', state: 'unknown' });
    expect(remembered(report([rules, shut]), before).findings.map(({ id }) => id)).toEqual([
      'ufw.rules',
      'system',
      'system.disk',
    ]);
    expect(remembered(report([rules, fine]), before).findings.map(({ id }) => id)).toEqual(['ufw.rules']);
  });
});

describe('only what has changed', () => {
  it.each<[string, Line[], Line[], { now: string[]; gone: string[] }]>([
    ['nothing', [rules, disk], [disk, rules], { now: [], gone: [] }],
    ['something is new', [rules], [rules, disk], { now: ['The disk fills up.'], gone: [] }],
    ['something is gone', [rules, disk], [rules, fine], { now: [], gone: ['The disk fills up.'] }],
    ['it could not be looked at this time', [rules, disk], [rules, well], { now: [], gone: [] }],
    [
      'it says something else',
      [disk],
      [{ ...disk, summary: 'The disk is full.' }],
      { now: ['The disk is full.'], gone: [] },
    ],
    ['it is worse', [disk], [{ ...disk, state: 'problem' }], { now: ['The disk fills up.'], gone: [] }],
    ['it was accepted', [disk], [{ ...disk, accepted }], { now: [], gone: [] }],
    ['its waiver is over', [{ ...disk, accepted }], [disk], { now: ['The disk fills up.'], gone: [] }],
    ['only its details differ', [disk], [{ ...disk, detail: '5 ms' }], { now: [], gone: [] }],
  ])('%s', (_, before, now, expected) => {
    expect(shown(changed(before, now))).toEqual(expected);
  });

  it('tells two findings of one name apart', () => {
    const eve = lineOf({
      id: 'accounts.empty-password',
      group: 'accounts',
      summary: 'The account eve has an empty password.',
    });
    const bob = lineOf({
      id: 'accounts.empty-password',
      group: 'accounts',
      summary: 'The account bob has an empty password.',
    });
    expect(shown(changed([eve], [eve, bob]))).toEqual({ now: [bob.summary], gone: [] });
    expect(shown(changed([eve, bob], [eve]))).toEqual({ now: [], gone: [bob.summary] });
  });

  it('keeps the groups that still have something to say, and when it was compared with', () => {
    const seen = changed([rules], [rules, disk]);
    expect(seen.groups.map(({ id }) => id)).toEqual(['system']);
    expect(seen.since).toBe(DAY_BEFORE);
  });

  it('is everything that is open where nothing was kept', () => {
    const seen = onlyChanged(report([well, rules, disk]), undefined);
    expect(shown(seen)).toEqual({ now: [rules.summary, disk.summary], gone: [] });
    expect(seen.since).toBeUndefined();
  });
});

it('only what is open leaves out all that is well, accepted or merely told', () => {
  const seen = onlyOpen(report([well, rules, { ...disk, accepted }]));
  expect(seen.findings).toEqual([rules]);
  expect(seen.groups.map(({ id }) => id)).toEqual(['ufw']);
  expect(seen.facts).toEqual([]);
});
