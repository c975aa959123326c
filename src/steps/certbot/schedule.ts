import type { Finding } from '../../engine/step.js';
import { type Duty, faultHint, timerFault } from '../../engine/timer.js';
import { fingerprintOf, firstCertificate, renewalDue } from '../../fingerprint.js';

/** What certbot's package brings for renewals. */
export const SERVICE = 'certbot.service';
export const TIMER = 'certbot.timer';

const DAY = 24 * 3600 * 1000;

/** The time in which a certificate of 90 days is to be renewed, and the least pause that is accepted, in days. */
const USUAL = 30;
const LEAST = 2;

/** Certbot itself, or a program that is given it to start, such as flock. A rehearsal renews nothing. */
const works = (command: string): boolean =>
  /(^|\/|\s)certbot(\s.*)?\srenew(\s|$)/.test(command) && !/\s--(dry-run|help|version)\b/.test(command);

/**
 * Pure. Whether certbot's timer will renew the certificate in time, as systemd has it, whatever the files of the package say.
 * @param certificate PEM; undefined where there is none yet
 */
export function scheduleFindings(
  { timer, service }: Pick<Duty, 'timer' | 'service'>,
  certificate: string | undefined,
  now: Date,
): Finding[] {
  const fault = timerFault(
    { timer, service, days: pauseFor(certificate), works, program: 'certbot renew' },
    now,
  );
  if (fault === undefined) return [];
  return [
    {
      id: 'certbot.schedule',
      level: fault.unknown ? 'warn' : 'stop',
      summary: fault.unknown
        ? `Whether the certificate renews itself is not known: ${fault.what}.`
        : `The certificate will not renew itself in time: ${fault.what}.`,
      hint: fault.unknown
        ? `Check on the server that this program renews the certificate. ${faultHint(fault, TIMER)}`
        : faultHint(fault, TIMER),
    },
  ];
}

/** Half of the time in which the certificate is to be renewed: one try may fail. */
function pauseFor(pem: string | undefined): number {
  const certificate = pem === undefined ? undefined : firstCertificate(pem);
  if (!certificate) return USUAL / 2;
  const seen = fingerprintOf(certificate);
  return Math.max(LEAST, (seen.validTo.getTime() - renewalDue(seen).getTime()) / DAY / 2);
}
