import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { buildReport } from '../../src/doctor/build.js';
import { onlyChanged, onlyOpen, remembered } from '../../src/doctor/compare.js';
import { type Line, type Report, ReportSchema } from '../../src/doctor/report.js';
import type { Inventory, PortSeen } from '../../src/engine/inventory.js';
import type { Proved } from '../../src/engine/step.js';
import { contextWith } from '../recorded.js';
import { FULL, OUTSIDE } from '../ui/report-html/full-report.js';
import { finding, lookAt, part, proofOf } from './parts.js';

const ids = ['ufw.rules', 'ufw.docker', 'conf-edits.config', 'update.reboot', 'tls.8883'] as const;
const text = fc.string({ unit: 'binary' });
const optional = <Key extends string>(name: Key, value: string | undefined) =>
  value === undefined ? {} : ({ [name]: value } as Record<Key, string>);

const aFinding = fc
  .tuple(
    fc.constantFrom(...ids),
    fc.constantFrom('change' as const, 'stop' as const, 'warn' as const),
    text,
    fc.option(text, { nil: undefined }),
  )
  .map(([id, level, summary, hint]) => finding({ id, level, summary, ...optional('hint', hint) }));

const seen = fc.constantFrom<PortSeen>('open', 'refused', 'rejected', 'filtered', 'wrong', 'unreachable');
const transport = fc.constantFrom('tcp' as const, 'udp' as const);
const port = fc.integer({ min: 1, max: 65535 });
const aProof = fc
  .record({
    ok: fc.constantFrom(true, false, undefined),
    detail: text,
    ports: fc.array(fc.record({ port, transport, address: text, seen })),
  })
  .map((proved: Proved) => proofOf('ufw', 'ports.open', proved));

const moment = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const anInventory: fc.Arbitrary<Inventory> = fc.record(
  {
    listeners: fc.array(fc.record({ port, transport, program: text, world: fc.boolean() })),
    firewall: fc.record({
      on: fc.boolean(),
      open: fc.array(text),
      published: fc.array(text),
      others: fc.array(fc.string()),
      rejectsBefore: fc.boolean(),
    }),
    certificates: fc.array(
      fc.record({
        ...{ sha1: text, sha256: text, names: fc.array(text), issuer: text, current: fc.boolean() },
        ...{ validFrom: moment, validTo: moment },
      }),
    ),
    renewals: fc.array(fc.record({ at: text, ok: fc.boolean(), text })),
    accounts: fc.array(
      fc.record({
        name: text,
        root: fc.constantFrom('itself' as const, 'with-password' as const, 'no' as const),
        password: fc.boolean(),
        ssh: fc.subarray(['key' as const, 'password' as const]),
        keys: fc.array(fc.record({ type: text, fingerprint: text, comment: text })),
      }),
    ),
  },
  { requiredKeys: [] },
);

const aReport: fc.Arbitrary<Report> = fc
  .record({
    findings: fc.array(aFinding, { maxLength: 5 }),
    unknown: fc.option(text, { nil: undefined }),
    proofs: fc.array(aProof, { maxLength: 3 }),
    inventory: anInventory,
    inside: fc.boolean(),
    fix: fc.boolean(),
    accept: fc.uniqueArray(fc.constantFrom(...ids)),
  })
  .map(({ accept, proofs, inside, fix, ...look }) =>
    buildReport({
      context: contextWith({ settings: { accept: accept.map((id) => ({ id, reason: 'on purpose' })) } }),
      looks: [
        lookAt(part('ufw'), {
          ...look,
          facts: [{ id: 'ufw.a', label: 'A', value: look.unknown ?? '', record: 'broker.a' }],
        }),
      ],
      ...{ proofs, inside, mending: { command: 'mend it', fix } },
    }),
  );

/** As a program that reads --json gets it. */
const written = (report: Report): unknown => JSON.parse(JSON.stringify(report));

describe('whatever was found', () => {
  it('the report keeps its promise, all of it or a part', () => {
    fc.assert(
      fc.property(aReport, aReport, (report, before) => {
        for (const one of [report, onlyChanged(report, remembered(before)), onlyOpen(report)])
          expect(v.parse(ReportSchema, written(one))).toEqual(one);
      }),
    );
  });

  it('counts add up, and only what is well is called healthy', () => {
    fc.assert(
      fc.property(aReport, ({ counts, findings, ok, exitCode }) => {
        const open = (state: Line['state']) =>
          findings.filter((one) => one.state === state && !one.accepted).length;
        expect(Object.values(counts).reduce((sum, one) => sum + one, 0)).toBe(findings.length);
        expect(ok).toBe(open('problem') + open('unknown') === 0);
        expect(exitCode === 0).toBe(ok);
      }),
    );
  });

  it('every group of the report has a line, and every line a group', () => {
    fc.assert(
      fc.property(aReport, ({ groups, findings }) => {
        expect([...new Set(findings.map(({ group }) => group))].sort()).toEqual(
          groups.map(({ id }) => id).sort(),
        );
      }),
    );
  });
});

it('the reports that other tests are about are such reports', () => {
  expect(v.is(ReportSchema, FULL)).toBe(true);
  expect(v.is(ReportSchema, OUTSIDE)).toBe(true);
  expect(v.is(ReportSchema, { ...OUTSIDE, exitCode: 2 })).toBe(false);
  expect(v.is(ReportSchema, { ...OUTSIDE, more: 1 })).toBe(false);
});
