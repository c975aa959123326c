import { describe, expect, it } from 'vitest';
import { buildReport, type Seen } from '../../src/doctor/build.js';
import type { Line, LineState } from '../../src/doctor/report.js';
import type { Waiver } from '../../src/doctor/waivers.js';
import type { CertificateLife } from '../../src/engine/inventory.js';
import { NO_DOMAIN } from '../../src/session/discover.js';
import { contextWith } from '../recorded.js';
import { finding, lineOf, lookAt, part, proofOf } from './parts.js';

const ufw = part('ufw', 'Set up the firewall');
const system = part('system', 'The server itself');
const accepting = (...accept: Waiver[]) => contextWith({ settings: { accept } });
const report = (more: Partial<Seen>) =>
  buildReport({
    context: contextWith(),
    looks: [lookAt(ufw), lookAt(system)],
    proofs: [],
    mending: { command: 'mend it', fix: true },
    inside: true,
    ...more,
  });
const lines = (...states: LineState[]): Line[] =>
  states.map((state, index) => lineOf({ state, id: `ufw.${index}` }));

describe('the exit code', () => {
  it.each<[string, LineState[], boolean, number, boolean]>([
    ['all is well', ['ok'], true, 0, true],
    ['something is worth knowing', ['warning'], true, 0, true],
    ['there is a problem', ['ok', 'problem'], true, 1, false],
    ['something could not be checked', ['ok', 'unknown'], true, 3, false],
    ['there is a problem beside something unknown', ['unknown', 'problem'], true, 1, false],
    ['all is well from outside', ['ok'], false, 0, true],
    ['there is a problem from outside', ['problem'], false, 1, false],
    ['something could not be reached from outside', ['ok', 'unknown'], false, 3, false],
    ['there is a problem and something that could not be reached', ['unknown', 'problem'], false, 1, false],
  ])('where %s', (_, states, inside, exitCode, ok) => {
    const seen = lines(...states).map((one) => ({ ...one, seen: 'outside' as const }));
    expect(report({ more: seen, inside })).toMatchObject({ exitCode, ok });
  });

  it('where the server could not be entered, whatever else, and whoever accepts it', () => {
    const shut = lineOf({ id: 'doctor.inside', state: 'unknown' });
    const context = accepting({ id: 'doctor.inside', reason: 'I have no key here' });
    for (const more of [[shut], [shut, ...lines('problem')]])
      expect(report({ context, more, inside: false })).toMatchObject({ exitCode: 3, ok: false });
  });

  it.each<[LineState]>([['problem'], ['unknown']])('does not count a %s that is accepted', (state) => {
    const context = accepting({ id: 'ufw.docker', reason: 'on purpose' });
    expect(report({ context, more: [lineOf({ id: 'ufw.docker', state })] })).toMatchObject({
      exitCode: 0,
      ok: true,
      counts: { problem: 0, unknown: 0, accepted: 1 },
    });
  });
});

describe('counts', () => {
  it('are of lines that nobody accepted', () => {
    const context = accepting({ id: 'ufw.docker', reason: 'on purpose' });
    const more = [
      ...lines('problem', 'problem', 'warning', 'unknown'),
      lineOf({ id: 'ufw.docker', state: 'warning' }),
    ];
    // Both steps are in place: two lines that are ok.
    expect(report({ context, more }).counts).toEqual({
      ok: 2,
      problem: 2,
      warning: 1,
      unknown: 1,
      accepted: 1,
    });
  });
});

describe('groups', () => {
  it('come in the order of the looks, each with the worst of its lines', () => {
    const looks = [
      lookAt(system, { findings: [finding({ id: 'system.disk', level: 'warn' })] }),
      lookAt(ufw),
    ];
    expect(report({ looks }).groups).toEqual([
      { id: 'system', title: 'The server itself', state: 'warning' },
      { id: 'ufw', title: 'Set up the firewall', state: 'ok' },
    ]);
  });

  it.each<[LineState[], LineState]>([
    [['ok', 'warning'], 'warning'],
    [['warning', 'unknown'], 'unknown'],
    [['unknown', 'problem', 'warning'], 'problem'],
  ])('of %j are %s', (states, expected) => {
    expect(report({ more: lines(...states) }).groups[0]?.state).toBe(expected);
  });

  it('are ok where what was found is accepted', () => {
    const context = accepting({ id: 'ufw.docker', reason: 'on purpose' });
    const looks = [lookAt(ufw, { findings: [finding({ id: 'ufw.docker' })] })];
    expect(report({ context, looks }).groups).toEqual([{ id: 'ufw', title: ufw.title, state: 'ok' }]);
  });

  it('have one about the report itself only where there is something to say', () => {
    const context = accepting({ id: 'ufw.docker', reason: 'on purpose' });
    expect(report({}).groups.map(({ id }) => id)).toEqual(['ufw', 'system']);
    expect(report({ context }).groups.at(-1)).toMatchObject({ id: 'doctor', state: 'warning' });
  });
});

describe('a look from outside only', () => {
  const proofs = [proofOf('ufw', 'ports.open', { ok: true, detail: '8883 open' })];

  it('says nothing of what was not looked at', () => {
    const seen = report({ proofs, inside: false });
    expect(seen.findings.map(({ id }) => id)).toEqual(['ports.open']);
    expect(seen.groups.map(({ id }) => id)).toEqual(['ufw']);
  });

  it('does not know the system', () => {
    const { server: _, ...outside } = contextWith();
    expect(report({ context: outside, inside: false }).system).toBeUndefined();
    expect(report({}).system).toBe('Debian GNU/Linux 12 (bookworm)');
  });

  it('calls no waiver needless for what is seen from inside only', () => {
    const context = accepting({ id: 'ufw.docker', reason: 'on purpose' });
    expect(report({ context, proofs, inside: false }).findings.map(({ id }) => id)).toEqual(['ports.open']);
  });
});

it('calls no waiver needless where its step could not be checked', () => {
  const context = accepting({ id: 'ufw.docker', reason: 'on purpose' });
  const looks = [lookAt(ufw, { unknown: 'The server took too long to answer.' })];
  expect(report({ context, looks }).findings.map(({ id }) => id)).toEqual(['ufw']);
});

it('leaves out a domain that nobody knows', () => {
  expect(report({}).domain).toBe('mqtt.rehearsal.test');
  expect(report({ context: contextWith({ settings: { domain: NO_DOMAIN } }) }).domain).toBeUndefined();
});

it('tells facts without the setting that keeps them', () => {
  const fact = { id: 'system.a', label: 'A', value: '1', record: 'broker.a' };
  expect(report({ looks: [lookAt(system, { facts: [fact] })] }).facts).toEqual([
    { id: 'system.a', label: 'A', value: '1' },
  ]);
});

describe('the renewal', () => {
  const life = (validFrom: string, validTo: string, current: boolean): CertificateLife => ({
    ...{ sha1: 'AA', sha256: 'BB', names: ['mqtt.rehearsal.test'], issuer: 'CN=CA', current },
    validFrom,
    validTo,
  });
  const note = { at: '2026-09-21T12:00:00Z', ok: true, text: 'ok' };
  const inventory = {
    certificates: [
      life('2026-07-01T12:00:00.000Z', '2026-09-29T12:00:00.000Z', false),
      life('2026-09-21T12:00:00.000Z', '2026-12-20T12:00:00.000Z', true),
    ],
    renewals: [note],
  };

  it('is reckoned for the certificate in use: 30 days before its end', () => {
    expect(report({ looks: [lookAt(system, { inventory })] }).renewal).toEqual({
      expected: '2026-11-20',
      daysLeft: 27,
      log: [note],
    });
  });

  it('is left out where there is no certificate', () => {
    expect(report({})).not.toHaveProperty('renewal');
  });
});

it('puts together what several steps took stock of', () => {
  const firewall = { on: true, open: ['8883/tcp'], published: [], others: [], rejectsBefore: false };
  const listeners = [{ port: 8883, transport: 'tcp' as const, program: 'mosquitto', world: true }];
  const looks = [lookAt(ufw, { inventory: { firewall } }), lookAt(system, { inventory: { listeners } })];
  const address = '203.0.113.7';
  const proofs = [
    proofOf('ufw', 'ports.open', {
      ok: true,
      detail: '',
      ports: [{ port: 8883, transport: 'tcp', address, seen: 'open' }],
    }),
  ];
  expect(report({ looks, proofs }).ports.find(({ port }) => port === 8883)).toEqual({
    ...{ port: 8883, transport: 'tcp', title: 'MQTT over TLS', wanted: true },
    ...{ program: 'mosquitto', local: false, firewall: 'open' },
    outside: [{ address, seen: 'open' }],
  });
});
