import type { Report } from '../../doctor/report.js';
import { holds, type Life, livesOf } from './lives.js';
import { html, type Markup } from './markup.js';
import { dayText, momentOf } from './moment.js';
import { axisMarks, place, type Span, spanOf } from './span.js';
import { STATES } from './state.js';

/** Certificates that are drawn; those with a life of six days soon are many. */
const DRAWN = 6;

/** Heights in pixels: names of what goes through all rows, and a row. Widths are percent, so text keeps its size on a phone. */
const TOP = 44;
const ROW = 42;

/** When each certificate holds, when it was renewed and will be. A picture of what stands beside it in words. */
export function timeline(report: Report, description: string): Markup | undefined {
  const lives = livesOf(report.certificates).slice(-DRAWN);
  const now = momentOf(report.at);
  const expected = report.renewal?.expected === undefined ? undefined : momentOf(report.renewal.expected);
  const ends = lives.flatMap(({ from, to }) => [from, to]);
  const span = spanOf([...ends, now, expected].filter((one) => one !== undefined));
  if (!span || lives.length === 0) return undefined;
  const renewals = renewalMarks(report, span, TOP + ROW * lives.length);
  const bottom = TOP + ROW * (lives.length + (renewals ? 1 : 0)) + 6;
  return html`<svg role="img" aria-labelledby="line-title line-text" width="100%" height="${bottom + 22}">
<title id="line-title">Certificates and renewals over time</title><desc id="line-text">${description}</desc>
${axisMarks(span).map(({ at, label }) => [
  upright(span, at, 'axis', TOP, bottom),
  text(place(span, at), bottom + 17, label, 'middle', 'soft'),
])}
${now !== undefined && named(span, now, 14, bottom, 'now', 'This check-up')}
${expected !== undefined && named(span, expected, 34, bottom, 'next', 'Next renewal')}
${lives.map((life, row) => bar(span, life, TOP + ROW * row, now))}
${renewals}</svg>
`;
}

function bar(span: Span, life: Life, top: number, now: number | undefined): Markup {
  const start = place(span, life.from);
  const state = !life.current ? 'past' : now === undefined || holds(life, now) ? 'ok' : 'problem';
  const dates = `${life.current ? 'In use' : 'Before'}: ${dayText(life.from)} to ${dayText(life.to)}`;
  // However short a life is, it is seen.
  const width = Math.max(0.5, place(span, life.to) - start).toFixed(2);
  return html`<rect class="${state}" x="${start}%" y="${top + 22}" width="${width}%" height="10" rx="2"/>${text(0, top + 16, dates)}
`;
}

/** Failures below, because the try after one often stands at the same place. */
function renewalMarks({ renewal }: Report, span: Span, top: number): Markup | undefined {
  const marks = (renewal?.log ?? []).flatMap(({ at, ok }) => {
    const moment = momentOf(at);
    if (moment === undefined || moment < span.from || moment > span.to) return [];
    const state = ok ? 'ok' : 'problem';
    return [text(place(span, moment), top + (ok ? 32 : 44), STATES[state].sign, 'middle', state)];
  });
  if (marks.length === 0) return undefined;
  return html`${text(0, top + 16, `Renewals: ${STATES.ok.sign} worked, ${STATES.problem.sign} failed`)}${marks}`;
}

/** A line through all rows, with its name above on the side that has room. */
function named(span: Span, at: number, y: number, bottom: number, style: string, name: string): Markup {
  const x = place(span, at);
  return html`${upright(span, at, style, y + 4, bottom)}${text(x, y, `${name}, ${dayText(at)}`, x < 50 ? 'start' : 'end')}
`;
}

function upright(span: Span, at: number, style: string, from: number, to: number): Markup {
  const x = place(span, at);
  return html`<line class="${style}" x1="${x}%" x2="${x}%" y1="${from}" y2="${to}"/>`;
}

function text(x: number, y: number, words: string, anchor = 'start', style = ''): Markup {
  return html`<text${style && html` class="${style}"`} x="${x}%" y="${y}" text-anchor="${anchor}">${words}</text>`;
}
