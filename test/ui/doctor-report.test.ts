import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line, Report } from '../../src/doctor/report.js';
import { symbol } from '../../src/terminal/theme.js';
import { accountLines } from '../../src/ui/account-lines.js';
import { doctorReport } from '../../src/ui/doctor-report.js';
import { lineOf } from '../doctor/parts.js';
import { FULL, HOSTILE, OUTSIDE } from './report-html/full-report.js';

const well = lineOf({ id: 'ufw', state: 'ok', summary: 'Set up the firewall' });
const report = (more: Partial<Report> = {}): Report => ({
  ...OUTSIDE,
  server: '203.0.113.7',
  system: 'Debian GNU/Linux 12 (bookworm)',
  groups: [{ id: 'ufw', title: 'Set up the firewall', state: 'ok' }],
  findings: [well],
  counts: { ok: 1, problem: 0, warning: 0, unknown: 0, accepted: 0 },
  ...more,
});
const withLines = (...findings: Line[]) =>
  report({ findings, groups: [{ id: 'ufw', title: 'Set up the firewall', state: 'problem' }] });
const counts = (more: Partial<Report['counts']>) => ({ ...report().counts, ...more });
const rows = (shown: Report) => doctorReport(shown).split('\n');
/** Columns of a terminal; what is shown in these tests has one for each character. */
const tooWide = (shown: Report) => rows(shown).filter((row) => row.length > 80);

describe('a report', () => {
  it('of a healthy server is short', () => {
    const shown = report({ domain: 'mqtt.example.org', system: 'Debian GNU/Linux 12 (bookworm)' });
    expect(rows(shown)).toEqual([
      '203.0.113.7 · mqtt.example.org · Debian GNU/Linux 12 (bookworm)',
      '',
      `${symbol.ok} Set up the firewall`,
      '',
      `${symbol.ok} Everything is in place.`,
      '',
    ]);
  });

  it('names the server once where it is the domain', () => {
    expect(rows(report({ domain: '203.0.113.7' }))[0]).toBe('203.0.113.7 · Debian GNU/Linux 12 (bookworm)');
  });

  it('of a finding says what, its name, why it matters and what mends it', () => {
    const found = lineOf({
      summary: 'Ports are closed',
      detail: '1883 open',
      why: 'Strangers see it.',
      mend: 'Close it.',
    });
    expect(rows(withLines(found)).slice(2, 6)).toEqual([
      `${symbol.bad} Set up the firewall`,
      `    ${symbol.bad} Ports are closed: 1883 open. [ufw.rules]`,
      '      Strangers see it.',
      `      ${symbol.todo} Close it.`,
    ]);
  });

  it('of what was seen from outside says it, too', () => {
    const seen = lineOf({
      id: 'ports.open',
      state: 'ok',
      seen: 'outside',
      summary: 'It answers',
      detail: '9 ms',
    });
    expect(rows(withLines(well, seen))[3]).toBe(`    ${symbol.ok} It answers`);
  });

  it('of what is accepted says why and until when, and asks for nothing', () => {
    const accepted = { reason: 'On purpose.', until: '2027-01-01' };
    const shown = rows(withLines(lineOf({ accepted, mend: 'Close it.', why: 'Strangers.' }))).join('\n');
    expect(shown).toContain('    - Ports are open. Accepted until 2027-01-01: On purpose.');
    expect(shown).not.toMatch(/Close it|Strangers/);
  });

  it('of what is accepted keeps its sentences apart', () => {
    const todo = lineOf({ summary: 'To do: Close all ports', accepted: { reason: 'On purpose.' } });
    expect(doctorReport(withLines(todo))).toContain('To do: Close all ports. Accepted: On purpose.');
  });

  it('has facts and accounts with their groups', () => {
    const groups = ['accounts', 'system'].map((id) => ({ id, title: id, state: 'ok' as const }));
    const findings = groups.map(({ id }) => lineOf({ id, group: id, state: 'ok' }));
    const facts = [
      { id: 'system.a', label: 'A', value: '1' },
      { id: 'system-b.a', label: 'B', value: '2' },
    ];
    const accounts: Report['accounts'] = [{ name: 'ada', root: 'no', password: false, ssh: [], keys: [] }];
    expect(rows(report({ groups, findings, facts, accounts })).slice(2, 6)).toEqual([
      `${symbol.ok} accounts`,
      '    ada: no login over SSH; no way to root',
      `${symbol.ok} system`,
      '    A: 1',
    ]);
  });

  it.each<[Partial<Report['counts']>, string]>([
    [{}, `${symbol.ok} Everything is in place.`],
    [{ accepted: 2 }, `${symbol.ok} Everything is in place. · 2 accepted`],
    [{ problem: 1 }, `${symbol.bad} 1 problem`],
    [
      { problem: 2, warning: 1, unknown: 3, accepted: 1 },
      `${symbol.bad} 2 problems · ${symbol.warn} 1 worth knowing · ${symbol.unknown} 3 could not be checked · 1 accepted`,
    ],
  ])('with %j ends with %j', (changed, expected) => {
    expect(rows(report({ counts: counts(changed) })).at(-2)).toBe(expected);
  });

  it('with everything loses no finding', () => {
    const shown = doctorReport(FULL).replaceAll(/\s+/g, ' ');
    for (const { id, state, accepted } of FULL.findings.filter(({ group }) => group !== 'doctor'))
      if (state !== 'ok' && !accepted) expect(shown).toContain(`[${id}]`);
    expect(shown).toContain('Accepted until 2025-12-31: The backup of the institute');
    expect(shown).toContain('No more: The server has to restart. [update.reboot]');
  });
});

it('breaks the last line of a look from outside between words', () => {
  const { system: _, ...outside } = report();
  expect(tooWide({ ...outside, counts: counts({ accepted: 3 }) } as Report)).toEqual([]);
});

it('says of a look from outside what it is', () => {
  const { system: _, ...outside } = report();
  expect(doctorReport(outside).replace(/\s+/g, ' ')).toContain(
    'The server was not checked from inside, and no login with a valid password was tried.',
  );
});

describe('only what has changed', () => {
  const since = '2026-11-22T12:00:00.000Z';
  const nothing = { groups: [], findings: [], gone: [] };

  it('is that nothing has, and how all stands', () => {
    expect(rows(report({ ...nothing, since })).slice(2)).toEqual([
      'Nothing has changed since 22 November 2026 at 12:00 UTC.',
      `${symbol.ok} Everything is in place.`,
      '',
    ]);
  });

  it('says that it is the first where there was none before', () => {
    expect(doctorReport(report(nothing))).toContain('This is the first check-up from here.');
  });

  it('says what is no more', () => {
    const gone = [lineOf({ summary: 'Ports are open.' })];
    expect(rows(report({ ...nothing, since, gone }))[2]).toBe(
      `${symbol.ok} No more: Ports are open. [ufw.rules]`,
    );
  });

  it('leaves facts and accounts out', () => {
    const facts = [{ id: 'ufw.a', label: 'A fact', value: '1' }];
    const found = { ...withLines(lineOf()), facts };
    expect(doctorReport(found)).toContain('A fact');
    expect(doctorReport({ ...found, since, gone: [] })).not.toContain('A fact');
  });
});

describe('whatever a server says', () => {
  const evil = Object.values(HOSTILE).join(' ');
  const control = /[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u;
  const forged = 'fine\r\n✔ Everything is in place.\n\u001b[2J\u001b]0;title\u0007\u009b31m\u2028\u202e';

  it.each<[string, (text: string) => Partial<Report>]>([
    ['server', (server) => ({ server })],
    ['system', (system) => ({ system })],
    ['summary', (summary) => ({ findings: [lineOf({ summary })] })],
    ['detail', (detail) => ({ findings: [lineOf({ detail })] })],
    ['remedy', (mend) => ({ findings: [lineOf({ mend })] })],
    ['reason', (reason) => ({ findings: [lineOf({ accepted: { reason } })] })],
    ['last day', (until) => ({ findings: [lineOf({ accepted: { reason: '', until } })] })],
    ['id', (id) => ({ findings: [lineOf({ id })] })],
    ['fact', (value) => ({ facts: [{ id: 'ufw.a', label: value, value }] })],
    ['finding that is no more', (summary) => ({ gone: [lineOf({ summary })] })],
  ])('as %s steers no terminal and forges no line', (_, make) => {
    for (const text of [evil, forged]) {
      const shown = doctorReport(report(make(text)));
      expect(shown).not.toMatch(control);
      // The last line is the verdict; no other may look like it.
      expect(shown.match(/^. Everything is in place/gm)).toHaveLength(1);
    }
  });

  it('as account or key steers no terminal', () => {
    const accounts: Report['accounts'] = [
      {
        ...{ name: forged, root: 'itself', password: true, ssh: ['key'] },
        keys: [{ type: forged, fingerprint: forged, comment: forged }],
      },
    ];
    const groups = [{ id: 'accounts', title: 'Who can log in', state: 'ok' as const }];
    const shown = doctorReport(report({ groups, findings: [lineOf({ group: 'accounts' })], accounts }));
    expect(shown).not.toMatch(control);
    expect(shown.match(/^. Everything is in place/gm)).toHaveLength(1);
  });

  it('a word without end has a line of its own', () => {
    const word = 'W'.repeat(400);
    expect(rows(withLines(lineOf({ summary: `before ${word} after` })))).toContain(`      ${word}`);
  });
});

describe('no line is wider than 80 columns', () => {
  const word = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abcdefgh.,:1234') });
  const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '));
  const state = fc.constantFrom<Line['state']>('ok', 'problem', 'warning', 'unknown');
  const aLine = fc
    .record({ state, summary: text, detail: text, why: text, mend: text })
    .map((some) => lineOf(some));
  const fits = (make: (words: string) => Report) =>
    fc.assert(
      fc.property(text, (words) => {
        expect(tooWide(make(words))).toEqual([]);
      }),
    );

  it('whatever was found', () => {
    fc.assert(
      fc.property(fc.array(aLine), (lines) => {
        expect(tooWide(withLines(...lines))).toEqual([]);
      }),
    );
  });

  it('whatever was accepted', () => {
    fits((reason) => withLines(lineOf({ accepted: { reason, until: '2027-01-01' } })));
  });

  it('whatever is told beside', () => {
    fits((value) => report({ facts: [{ id: 'ufw.a', label: 'A', value }] }));
  });

  it('whatever is no more', () => {
    fits((summary) => report({ gone: [lineOf({ summary })] }));
  });

  it('however long the names of the server are', () => {
    const system = 'Debian GNU/Linux 12 (bookworm)';
    const server = 'a-rather-long-name.of-a-server.example.org';
    expect(tooWide(report({ server, domain: 'mqtt.a-rather-long-domain.example.org', system }))).toEqual([]);
  });

  it('however much there is to count', () => {
    const many = counts({ problem: 12, warning: 12, unknown: 12, accepted: 12 });
    expect(tooWide(report({ counts: many }))).toEqual([]);
  });

  it('however much there is to count although nothing has changed', () => {
    const many = counts({ problem: 2, warning: 3, unknown: 1, accepted: 1 });
    const since = '2026-11-22T12:00:00.000Z';
    expect(tooWide(report({ groups: [], findings: [], gone: [], since, counts: many }))).toEqual([]);
  });
});

describe('an account', () => {
  const key = { type: 'ED25519', fingerprint: 'SHA256:abc', comment: 'ada@laptop' };
  it.each<[Partial<Report['accounts'][number]>, string[]]>([
    [{ root: 'itself' }, ['ada: no login over SSH; is root']],
    [
      { root: 'with-password', ssh: ['key'], keys: [key] },
      ['ada: logs in with key; root by sudo, with its password', '  key ada@laptop SHA256:abc'],
    ],
    [
      { root: 'without-password', ssh: ['key', 'password'] },
      ['ada: logs in with key or password; root by sudo, without a password'],
    ],
    // A key that opens nothing is not worth a line.
    [{ ssh: ['password'], keys: [key] }, ['ada: logs in with password; no way to root']],
  ])('%j', (more, expected) => {
    const ada = { name: 'ada', root: 'no' as const, password: false, ssh: [], keys: [] };
    const told = accountLines({ ...ada, ...more });
    expect(told.map(({ text, margin }) => `${' '.repeat(margin - 4)}${text}`)).toEqual(expected);
  });

  it('stands before its keys, which are set off from it', () => {
    const accounts: Report['accounts'] = [
      { name: 'ada', root: 'no', password: false, ssh: ['key'], keys: [key] },
    ];
    const groups = [{ id: 'accounts', title: 'Who can log in', state: 'ok' as const }];
    const findings = [lineOf({ id: 'accounts', group: 'accounts', state: 'ok' })];
    expect(rows(report({ groups, findings, accounts })).slice(3, 5)).toEqual([
      '    ada: logs in with key; no way to root',
      '      key ada@laptop SHA256:abc',
    ]);
  });
});
