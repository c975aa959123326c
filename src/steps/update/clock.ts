import type { Context, Finding } from '../../engine/step.js';

/**
 * More than this, in seconds, and nothing that follows can be trusted: apt takes no list from the future or one that has run
 * out (apt.conf(5), Acquire::Max-FutureTime, Check-Valid-Until), and certificates hold from a moment on (RFC 5280, 4.1.2.5).
 */
export const CLOCK_STOP = 600;

/** What to do about a wrong clock, in both places that see one. @param now by this computer's clock */
export const clockHint = (now: Date): string =>
  `Compare both with another clock. If it is the server's: sudo timedatectl set-ntp true. Where that does not help: sudo apt install systemd-timesyncd, or by hand: sudo date -s "${minutes(now)} UTC"`;

/** Pure. What the first look told, compared with this computer at that moment: a run itself may take long. */
export function clockFindings({ server, now }: Context): Finding[] {
  const skew = Math.round(server.clock - now.getTime() / 1000);
  if (!(Math.abs(skew) > CLOCK_STOP)) return [];
  return [
    {
      id: 'update.clock',
      level: 'stop',
      summary: `The clock of the server is ${span(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} this computer's: it says ${minutes(new Date(server.clock * 1000))} UTC. One of the two is wrong.`,
      hint: clockHint(now),
    },
  ];
}

function span(seconds: number): string {
  const [size, word] =
    seconds >= 2 * 86_400 ? [86_400, 'days'] : seconds >= 2 * 3600 ? [3600, 'hours'] : [60, 'minutes'];
  return `${Math.round(seconds / (size as number))} ${word}`;
}

const minutes = (moment: Date) => moment.toISOString().slice(0, 16).replace('T', ' ');
