import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/doctor/report.js';
import { timelineText } from '../../../src/ui/report-html/lives.js';
import { written } from '../../../src/ui/report-html/markup.js';
import { axisMarks, place, spanOf } from '../../../src/ui/report-html/span.js';
import { timeline } from '../../../src/ui/report-html/timeline.js';
import { FULL, OUTSIDE } from './full-report.js';

const utc = (text: string) => Date.parse(`${text}Z`);
const DAY = 86_400_000;
const [sample] = FULL.certificates;
if (!sample) throw new Error('The full report has certificates.');

/** A report with these lifetimes, the last in use. */
const report = (at: string, lives: readonly [string, string][], expected?: string): Report => ({
  ...OUTSIDE,
  at,
  certificates: lives.map(([validFrom, validTo], index) => ({
    ...sample,
    validFrom,
    validTo,
    current: index === lives.length - 1,
  })),
  ...(expected === undefined ? {} : { renewal: { expected, daysLeft: 0, log: [] } }),
});
const drawn = (of: Report) => {
  const svg = timeline(of, 'in words');
  return svg === undefined ? undefined : written(svg);
};
const bars = (of: Report) =>
  [...(drawn(of) ?? '').matchAll(/<rect class="(\w+)" x="([\d.]+)%" y="\d+" width="([\d.]+)%"/g)].map(
    ([, state, x, width]) => [state, Number(x), Number(width)],
  );
const marks = (from: string, to: string) =>
  axisMarks({ from: utc(from), to: utc(to) }).map(({ label }) => label);

describe('the span', () => {
  it('is nothing without moments, and a day at least', () => {
    expect(spanOf([])).toBeUndefined();
    const span = spanOf([utc('2025-09-14T00:00')]);
    expect(span && span.to - span.from).toBeCloseTo(1.04 * DAY);
  });

  it('holds every moment that it was made of, in their order', () => {
    const moments = fc.array(fc.integer({ min: 0, max: utc('9999-12-31T00:00') }), { minLength: 1 });
    fc.assert(
      fc.property(moments, (all) => {
        const span = spanOf(all) ?? { from: 0, to: 0 };
        const places = all.toSorted((one, other) => one - other).map((at) => place(span, at));
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        for (const at of places) expect(at > 0 && at < 100).toBe(true);
      }),
    );
  });

  it('puts what is outside at the edge', () => {
    expect([-5, 0, 5, 10, 15].map((at) => place({ from: 0, to: 10 }, at))).toEqual([0, 0, 50, 100, 100]);
  });
});

describe('the axis', () => {
  it.each([
    ['2025-09-10T06:00', '2025-09-13T06:00', ['11 Sep', '12 Sep', '13 Sep']],
    ['2025-07-27T06:00', '2025-10-25T06:00', ['Sep 2025', 'Oct 2025']],
    ['2024-11-29T06:00', '2025-10-25T06:00', ['Jan 2025', 'Apr 2025', 'Jul 2025']],
    ['2015-03-01T00:00', '2025-03-01T00:00', ['2016', '2020', '2024']],
  ])('from %s to %s', (from, to, expected) => {
    expect(marks(from, to)).toEqual(expected);
  });

  it('never has more marks than a phone has room for, however long the span', () => {
    const moment = fc.integer({ min: utc('1950-01-01T00:00'), max: utc('9999-12-31T00:00') });
    fc.assert(
      fc.property(moment, fc.integer({ min: DAY, max: 8000 * 365 * DAY }), (from, length) => {
        expect(axisMarks({ from, to: from + length }).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('the bars', () => {
  it('one certificate: from edge to edge', () => {
    expect(bars(report('2025-09-14T00:00Z', [['2025-07-27T06:00Z', '2025-10-25T06:00Z']]))).toEqual([
      ['ok', 1.92, 96.16],
    ]);
  });

  it('several: each begins before the one before it ends', () => {
    const [one, two, ...rest] = bars(FULL);
    expect(rest.map(([state]) => state)).toEqual(['past', 'past', 'ok']);
    expect(Number(two?.[1])).toBeGreaterThan(Number(one?.[1]));
    expect(Number(two?.[1])).toBeLessThan(Number(one?.[1]) + Number(one?.[2]));
  });

  it('more than there is room for: the newest', () => {
    const many = Array.from({ length: 60 }, (_, index): [string, string] => [
      new Date(utc('2025-01-01T00:00') + index * 3 * DAY).toISOString(),
      new Date(utc('2025-01-07T16:00') + index * 3 * DAY).toISOString(),
    ]);
    const found = bars(report('2025-06-29T00:00Z', many));
    expect(found.map(([state]) => state)).toEqual(['past', 'past', 'past', 'past', 'past', 'ok']);
  });

  it('one that ended: it ends before the check-up, in the colour of a problem', () => {
    const late = report('2025-11-30T00:00Z', [['2025-07-27T06:00Z', '2025-10-25T06:00Z']]);
    const [bar] = bars(late);
    expect(bar?.[0]).toBe('problem');
    expect(Number(bar?.[1]) + Number(bar?.[2])).toBeLessThan(80);
  });

  it('a moment of life beside years: still to be seen', () => {
    const lives: [string, string][] = [
      ['2025-01-01T00:00Z', '2025-01-01T00:01Z'],
      ['2025-01-01T00:00Z', '9999-12-31T23:59:59Z'],
    ];
    expect(bars(report('2025-01-02T00:00Z', lives)).map(([, , width]) => width)).toEqual([0.5, 96.16]);
  });

  it('nothing where there is no certificate, or none whose dates can be read', () => {
    expect(drawn(OUTSIDE)).toBeUndefined();
    expect(drawn(report('2025-09-14T00:00Z', [['<b>', 'soon']]))).toBeUndefined();
  });

  it('without the line of a check-up whose time cannot be read', () => {
    const svg = drawn(report('<b>', [['2025-07-27T06:00Z', '2025-10-25T06:00Z']]));
    expect(svg).not.toContain('This check-up');
    expect(svg).toContain('In use: 27 Jul 2025 to 25 Oct 2025');
  });
});

describe('in words', () => {
  const words = (at: string, from: string, to: string, expected?: string) =>
    timelineText(report(at, [[from, to]], expected));

  it('says how long it is valid, and what is expected', () => {
    expect(words('2025-09-14T09:30Z', '2025-07-27T06:00Z', '2025-10-25T06:00Z', '2025-09-25')).toBe(
      'The certificate in use is valid until 25 Oct 2025, for another 40 days. The next renewal is expected on 25 Sep 2025; the SHA-1 and SHA-256 fingerprints change then.',
    );
  });

  it.each([
    ['2025-09-10T06:00Z', 'for another 6 days'],
    ['2025-09-16T05:00Z', 'for another 17 hours'],
    ['2025-09-16T21:30Z', 'for less than another hour'],
    ['2025-09-16T22:00Z', 'for less than another hour'],
    ['2025-09-16T22:01Z', 'ran out on 16 Sep 2025'],
    ['2025-09-10T05:59Z', 'holds only from 10 Sep 2025'],
  ])('with a life of six days, on %s', (at, expected) => {
    expect(words(at, '2025-09-10T06:00Z', '2025-09-16T22:00Z')).toContain(expected);
  });

  it('a renewal on its day is not late; on the next day it is', () => {
    const life = ['2025-07-27T06:00Z', '2025-10-25T06:00Z'] as const;
    expect(words('2025-09-25T23:59Z', ...life, '2025-09-25')).toContain('is expected on 25 Sep 2025');
    expect(words('2025-09-26T00:00Z', ...life, '2025-09-25')).toContain(
      'was expected on 25 Sep 2025, and did not happen',
    );
  });

  it('says nothing where nothing is known', () => {
    expect(timelineText(OUTSIDE)).toBe('');
  });
});
