import { describe, expect, it } from 'vitest';
import { whyItMatters } from '../../src/catalogue/index.js';
import { linesOf, type Mending } from '../../src/doctor/lines.js';
import type { Line } from '../../src/doctor/report.js';
import type { Finding } from '../../src/engine/step.js';
import { sh } from '../../src/sh.js';
import { finding, lookAt, part, proofOf } from './parts.js';

const ufw = part('ufw', 'Set up the firewall');
const known: Mending = { command: 'doctor --fix', fix: true };
const unknown: Mending = { command: 'init', fix: false };
const run = { kind: 'run', script: sh`true`, undo: 'nothing' } as const;
const only = (found: Partial<Finding>, mending = known): Line | undefined =>
  linesOf(lookAt(ufw, { findings: [finding(found)] }), [], mending)[0];

it('a step without findings is in place', () => {
  expect(linesOf(lookAt(ufw), [], known)).toStrictEqual([
    { id: 'ufw', group: 'ufw', state: 'ok', seen: 'inside', summary: 'Set up the firewall' },
  ]);
});

it('a step without an answer could not be checked, and says why', () => {
  expect(linesOf(lookAt(ufw, { unknown: 'It took too long.' }), [], known)).toStrictEqual([
    {
      id: 'ufw',
      group: 'ufw',
      state: 'unknown',
      seen: 'inside',
      summary: '“Set up the firewall” could not be checked',
      detail: 'It took too long.',
    },
  ]);
});

describe('a finding', () => {
  it('with a change says what is to do, and the command that does it', () => {
    expect(only({ level: 'change', summary: 'Close all ports', change: run })).toStrictEqual({
      id: 'ufw.rules',
      group: 'ufw',
      state: 'problem',
      seen: 'inside',
      summary: 'To do: Close all ports',
      why: whyItMatters('ufw.rules'),
      mend: 'doctor --fix',
      fix: true,
    });
  });

  it('that only a person can mend says how, and claims no command', () => {
    expect(only({ level: 'stop', hint: 'Remove the rule.' })).toStrictEqual({
      id: 'ufw.rules',
      group: 'ufw',
      state: 'problem',
      seen: 'inside',
      summary: 'Ports are open.',
      why: whyItMatters('ufw.rules'),
      mend: 'Remove the rule.',
    });
  });

  it.each<[string, Partial<Finding>, Mending, string]>([
    ['a warning', { level: 'warn' }, known, 'warning'],
    ['a change that can wait', { level: 'change', minor: true, change: run }, known, 'warning'],
    ['a change', { level: 'change', change: run }, known, 'problem'],
    ['our way, where we were asked', { id: 'conf-edits.config', level: 'change' }, known, 'problem'],
    ['our way, where nobody asked', { id: 'conf-edits.config', level: 'change' }, unknown, 'warning'],
    ['our way, for a person', { id: 'conf-edits.listener-conflict', level: 'stop' }, unknown, 'warning'],
    ['wrong on every server', { id: 'conf-edits.anonymous', level: 'stop' }, unknown, 'problem'],
  ])('that is %s', (_, found, mending, state) => {
    expect(only(found, mending)?.state).toBe(state);
  });

  it('does not promise --fix on a server that nobody has described', () => {
    expect(only({ level: 'change', change: run }, unknown)).toMatchObject({ mend: 'init', fix: false });
  });

  it('of a restart names the command for that', () => {
    expect(only({ id: 'update.reboot', level: 'change', change: { kind: 'reboot' } })?.mend).toBe(
      'sudo reboot',
    );
  });
});

describe('a look from outside', () => {
  const seen = (ok: boolean | undefined) =>
    linesOf(
      lookAt(ufw),
      [proofOf('ufw', 'ports.closed', { ok, detail: '1883 open', hint: 'Close it.' })],
      known,
    )[1];

  it.each([
    [true, 'ok'],
    [false, 'problem'],
    [undefined, 'unknown'],
  ] as const)('that is %s is %s', (ok, state) => {
    expect(seen(ok)).toMatchObject({ id: 'ports.closed', state, seen: 'outside', detail: '1883 open' });
  });

  it('that holds needs neither a reason nor a remedy', () => {
    expect(seen(true)).not.toHaveProperty('mend');
    expect(seen(true)).not.toHaveProperty('why');
    expect(seen(false)).toMatchObject({ mend: 'Close it.', why: whyItMatters('ports.closed') });
  });

  it('case 223: claims nothing where it was not seen: neither the statement nor what would follow', () => {
    const proof = proofOf('ufw', 'mqtt.mqtts-anonymous', { ok: undefined, detail: 'nothing answers there' });
    const [, anonymous] = linesOf(lookAt(ufw), [proof], known);
    expect(anonymous?.summary).toMatch(/^Could not be checked: /);
    expect(anonymous).not.toHaveProperty('why');
    const ipv6 = proofOf('ufw', 'ports.ipv6', { ok: undefined, detail: 'no way' });
    expect(linesOf(lookAt(ufw), [ipv6], known)[1]?.why).toBe(whyItMatters('ports.ipv6'));
  });

  it('stands behind its own step only', () => {
    const proofs = [proofOf('system', 'ports.open', { ok: true, detail: '' })];
    expect(linesOf(lookAt(ufw), proofs, known)).toHaveLength(1);
  });

  it('is told although the step could not be checked', () => {
    const proofs = [proofOf('ufw', 'ports.open', { ok: true, detail: '' })];
    const states = linesOf(lookAt(ufw, { unknown: 'no answer' }), proofs, known).map(({ state }) => state);
    expect(states).toEqual(['unknown', 'ok']);
  });
});
