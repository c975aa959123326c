import { html, type Markup } from './markup.js';

/** Milliseconds of an hour and of a day. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

// ECMAScript lays toUTCString down to the letter ("Sun, 14 Sep 2025 09:30:00 GMT"), while what Intl writes changes with its data.
function utc(moment: number): { day: string; time: string } {
  const [, day, month, year, time = ''] = new Date(moment).toUTCString().split(' ');
  return { day: `${Number(day)} ${month} ${year}`, time: time.slice(0, 5) };
}

/** Undefined for what is no moment. */
export function momentOf(text: string): number | undefined {
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** 14 Sep 2025, in UTC. */
export function dayText(moment: number): string {
  return utc(moment).day;
}

/** 14 Sep 2025, 09:30, in UTC, for people and for programs; what cannot be read is shown as it is. */
export function minute(text: string): Markup {
  const moment = momentOf(text);
  if (moment === undefined) return html`${text}`;
  const { day, time } = utc(moment);
  return html`<time datetime="${text}">${day}, ${time}</time>`;
}
