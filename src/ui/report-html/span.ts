import { DAY, dayText } from './moment.js';

/** What the timeline shows, in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** Marks of the axis: four at most, as a phone has room for no more. */
const MARKS = 4;
const MONTH = 30.44 * DAY;

/** From the first of these moments to the last with a little room; at least a day. Undefined without moments. */
export function spanOf(moments: readonly number[]): Span | undefined {
  if (moments.length === 0) return undefined;
  const from = Math.min(...moments);
  const to = Math.max(...moments, from + DAY);
  const room = (to - from) * 0.02;
  return { from: from - room, to: to + room };
}

/** Where a moment stands, in percent of the width; what is outside stands at the edge. */
export function place({ from, to }: Span, moment: number): number {
  const percent = ((moment - from) / (to - from)) * 100;
  return Math.round(Math.min(100, Math.max(0, percent)) * 100) / 100;
}

/** Round days, months or years within the span, with room for their labels at both ends. */
export function axisMarks(span: Span): { at: number; label: string }[] {
  return [...(span.to - span.from <= MARKS * 14 * DAY ? days(span) : months(span))].filter(({ at }) => {
    const percent = place(span, at);
    return percent > 8 && percent < 92;
  });
}

function* days({ from, to }: Span) {
  const step = [1, 2, 4, 7].find((days) => to - from <= MARKS * days * DAY) ?? 14;
  for (let at = Math.ceil(from / DAY) * DAY; at < to; at += step * DAY)
    yield { at, label: dayText(at).replace(/ \d+$/, '') };
}

function* months({ from, to }: Span) {
  let step = [1, 2, 3, 6, 12].find((months) => to - from <= MARKS * months * MONTH) ?? 24;
  // Lifetimes of a thousand years are found in the wild: "no expiry" is 31 December 9999 (RFC 5280, 4.1.2.5).
  while (to - from > MARKS * step * MONTH) step *= 2;
  const start = new Date(from);
  const first = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (let month = first, at = 0; ; month += step) {
    at = Date.UTC(Math.floor(month / 12), month % 12);
    if (!(at < to)) return;
    yield {
      at,
      label: dayText(at)
        .slice(step % 12 === 0 ? -4 : 2)
        .trim(),
    };
  }
}
