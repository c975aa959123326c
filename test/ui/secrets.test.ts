import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/engine/events.js';
import type { Look } from '../../src/engine/look.js';
import type { Finding, Secrets } from '../../src/engine/step.js';
import { Secret, sh } from '../../src/sh.js';
import { user } from '../../src/steps/user.js';
import { madeSecrets, soonNeeded } from '../../src/ui/summary.js';
import { contextFor } from '../context.js';

const contextOf = (secrets: Partial<Secrets> = {}) => contextFor({ secrets });
const using = (...secrets: Secret[]): Finding => ({
  id: 'user.password',
  level: 'change',
  summary: 'Set it',
  change: { kind: 'run', script: sh`echo ${secrets.map((one) => one.reveal())}`, undo: 'nothing' },
});
const looks = (finding: Finding): Look[] => [
  { step: user, findings: [finding], facts: [], inventory: {}, unknown: undefined },
];
const events = (finding: Finding): Event[] => [{ type: 'changed', step: 'user', finding }];
const plain = (lines: string[]) => stripVTControlCharacters(lines.join('\n'));
const sudoPassword = new Secret('sudo-secret');

describe('the password that sudo asks for', () => {
  it.each<[string, Partial<Secrets>, Finding, string]>([
    [
      'this run makes and sets',
      { sudoPassword, sudoPasswordMade: true },
      using(sudoPassword),
      'Password that sudo asks researcher for: sudo-secret\n',
    ],
    ['a person has chosen', { sudoPassword, sudoPasswordMade: false }, using(sudoPassword), ''],
    ['is there already', { sudoPassword, sudoPasswordMade: true }, using(), ''],
    ['nobody needs', {}, using(), ''],
  ])('that %s', (_, secrets, finding, expected) => {
    const context = contextOf(secrets);
    expect(plain(soonNeeded(looks(finding), context))).toBe(expected);
    expect(plain(madeSecrets(events(finding), context)).includes('sudo-secret')).toBe(expected !== '');
  });
});

describe('the passwords that took effect', () => {
  const device = new Secret('device-secret');
  const dashboard = new Secret('dashboard-secret');
  const context = contextOf({ devicePassword: device, dashboardPassword: dashboard });

  it('are shown, and no others', () => {
    expect(madeSecrets(events(using()), context)).toEqual([]);
    const shown = plain(madeSecrets(events(using(device)), context));
    expect(shown).toMatch(
      /^Keep these, they are shown only this once\n {2}Password of the device account \S+: device-secret$/,
    );
    expect(plain(madeSecrets(events(using(device, dashboard)), context))).toContain('dashboard-secret');
  });

  it('are not those of a plan that was not carried out', () => {
    const planned: Event[] = [{ type: 'warning', step: 'user', finding: using(device) }];
    expect(madeSecrets(planned, context)).toEqual([]);
  });
});
