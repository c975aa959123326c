import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/doctor/report.js';
import { heaps } from '../../src/ui/report-html/groups.js';
import { verdict } from '../../src/ui/report-html/verdict.js';
import { reportHtml } from '../../src/ui/report-html.js';
import { FULL, HOSTILE, OUTSIDE } from './report-html/full-report.js';

/** What stands on the page, without its tags. */
const words = (report: Report) => reportHtml(report).replace(/<style>.*?<\/style>|<[^>]*>/gs, '');
const counts = (changes: Partial<Report['counts']>) => ({ ...OUTSIDE.counts, ...changes });

describe('the verdict', () => {
  it.each<[Partial<Report['counts']>, boolean, string]>([
    [{}, true, 'ok: Healthy'],
    [{ accepted: 3 }, true, 'ok: Healthy'],
    [{ warning: 1 }, true, 'ok: Healthy, with 1 warning'],
    [{ problem: 1 }, false, 'problem: 1 problem'],
    [{ problem: 2, warning: 4 }, false, 'problem: 2 problems'],
    [{ unknown: 1 }, false, 'unknown: 1 could not be checked'],
    [{ problem: 2, unknown: 1 }, false, 'problem: 2 problems, 1 could not be checked'],
    [{}, false, 'unknown: Could not be checked'],
  ])('%j, ok %s', (changed, ok, expected) => {
    const { state, text } = verdict({ ok, counts: counts(changed) });
    expect(`${state}: ${text}`).toBe(expected);
  });
});

describe('the groups', () => {
  it('come by how much they need somebody, and lose no finding', () => {
    const found = heaps(FULL);
    expect(found.map(({ state }) => state)).toEqual([
      'problem',
      'problem',
      'unknown',
      'warning',
      'warning',
      'ok',
      'ok',
      'ok',
    ]);
    expect(found.flatMap(({ lines }) => lines)).toHaveLength(FULL.findings.length);
    expect(found.map(({ title }) => title)).toContain('doctor');
  });

  it('do not repeat their own names', () => {
    expect(words(FULL).split('Set the host name')).toHaveLength(2);
  });

  it('say why, what mends it, and until when it is accepted', () => {
    const text = words(FULL);
    expect(text).toContain('Why it matters: Each open port is one more program');
    expect(reportHtml(FULL)).toContain('To mend it:</b> <code>broker-setup doctor --fix</code>');
    expect(text).toContain('To mend it: Make the broker read it: sudo systemctl reload mosquitto');
    expect(text).toContain('Accepted until 31 Dec 2025: The backup of the institute');
  });
});

describe('the page', () => {
  const page = reportHtml(FULL);

  it('allows itself one style sheet and nothing else', () => {
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    const tags = page.match(/<[^>]*>/g) ?? [];
    expect(tags.filter((tag) => /^<(script|link|img|iframe)|\s(style|src|on\w+)=|:\/\//.test(tag))).toEqual(
      [],
    );
  });

  it('keeps hostile text inside the title', () => {
    const hostile = reportHtml({ ...FULL, server: HOSTILE.script, domain: HOSTILE.style, at: HOSTILE.image });
    expect(page).toContain(
      '<title>2 problems, 1 could not be checked: broker.example.org, 2025-09-14</title>',
    );
    expect(hostile.match(/<\/?title>|<\/style>/g)).toEqual(['<title>', '</title>', '</style>', '</title>']);
  });

  it('is the same for the same report', () => {
    expect(reportHtml(structuredClone(FULL))).toBe(page);
  });
});

describe('with little to show', () => {
  it('from outside only: says so, and leaves out what it cannot know', () => {
    const text = words(OUTSIDE);
    expect(text).toContain('not known, it was not seen from inside');
    expect(text).toContain('open, as wanted');
    expect(text).toContain('not known');
    expect(text).not.toMatch(/Who can log in|Facts|nothing listens|Renewals/);
  });

  it('with empty lists', () => {
    const text = words({ ...OUTSIDE, groups: [], findings: [], ports: [] });
    expect(text).toContain('Healthy.');
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('shows dates that cannot be read as they are', () => {
    const text = words({ ...FULL, at: 'today', renewal: { expected: 'soon', daysLeft: 0, log: [] } });
    expect(text).toContain('The next renewal is expected on soon');
    expect(text).not.toMatch(/undefined|NaN|Invalid/);
  });
});
