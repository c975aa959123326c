import type { Report } from '../../doctor/report.js';
import { DAY, dayText, HOUR, momentOf } from './moment.js';
import { count } from './verdict.js';

/** When a certificate holds, in milliseconds. */
export interface Life {
  from: number;
  to: number;
  current: boolean;
}

/** Those whose dates can be read, as the report has them: oldest first. */
export function livesOf(certificates: Report['certificates']): Life[] {
  return certificates.flatMap(({ validFrom, validTo, current }) => {
    const from = momentOf(validFrom);
    const to = momentOf(validTo);
    return from === undefined || to === undefined ? [] : [{ from, to, current }];
  });
}

/** Whether it holds at a moment; both ends count (RFC 5280, 4.1.2.5). */
export function holds({ from, to }: Life, now: number): boolean {
  return from <= now && now <= to;
}

/** What the timeline shows, in sentences: for those who hear the page, and for all who rather read. */
export function timelineText({
  at,
  certificates,
  renewal,
}: Pick<Report, 'at' | 'certificates' | 'renewal'>): string {
  const now = momentOf(at);
  const life = livesOf(certificates).find(({ current }) => current);
  return [
    ...(life && now !== undefined ? [lifeText(life, now)] : []),
    ...(renewal ? [renewalText(renewal.expected, now)] : []),
  ].join(' ');
}

function lifeText(life: Life, now: number): string {
  const until = dayText(life.to);
  if (now < life.from)
    return `The certificate in use holds only from ${dayText(life.from)}: the clock of the server, or of the computer that looked, may be wrong.`;
  if (!holds(life, now)) return `The certificate in use ran out on ${until}.`;
  return `The certificate in use is valid until ${until}, for ${span(life.to - now)}.`;
}

/** Whole days; hours only where few are left, as with certificates that live six days. */
function span(left: number): string {
  if (left < HOUR) return 'less than another hour';
  return `another ${left < 2 * DAY ? count(Math.floor(left / HOUR), 'hour') : count(Math.floor(left / DAY), 'day')}`;
}

function renewalText(day: string | undefined, now: number | undefined): string {
  if (day === undefined) return 'As it is, certbot will not renew it: the problems say why.';
  const expected = momentOf(day);
  // The day as a whole: a renewal that is expected today is not late.
  if (expected !== undefined && now !== undefined && now >= expected + DAY)
    return `The renewal was expected on ${dayText(expected)}, and did not happen.`;
  const when = expected === undefined ? day : dayText(expected);
  return `The next renewal is expected on ${when}; the SHA-1 and SHA-256 fingerprints change then.`;
}
