import type { Unit } from '../../engine/facts/units.js';
import type { Context, Finding } from '../../engine/step.js';
import { type Duty, faultHint, timerFault } from '../../engine/timer.js';
import { fingerprintOf, firstCertificate, renewalDue } from '../../fingerprint.js';
import { certbotFlags, harmOf, type Setting, TRY_RENEWAL, type Wanted, wantedBy } from './cli-ini.js';
import type { Renewal } from './lineage.js';

/** What certbot's package brings for renewals. */
export const SERVICE = 'certbot.service';
export const TIMER = 'certbot.timer';

const DAY = 24 * 3600 * 1000;

/** The time in which a certificate of 90 days is to be renewed, and the least pause that is accepted, in days. */
const USUAL = 30;
const LEAST = 2;

/** Certbot itself, or a program that is given it to start, such as flock. */
const works = (command: string): boolean =>
  /(^|\/|\s)certbot(\s.*)?\srenew(\s|$)/.test(command) && !/\s--(help|version)\b/.test(command);

interface Schedule extends Pick<Duty, 'timer' | 'service'> {
  /** PEM; undefined where there is none yet. */
  certificate: string | undefined;
  renewal: Renewal | undefined;
}

/** Pure. Whether certbot's timer will renew the certificate in time, as systemd has it, whatever the files of the package say. */
export function scheduleFindings(
  { timer, service, certificate, renewal }: Schedule,
  context: Context,
): Finding[] {
  const fault = timerFault(
    { timer, service, days: pauseFor(certificate), works, program: 'certbot renew' },
    context.now,
  );
  if (fault === undefined) return flagFindings(service, renewal, context);
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

/** What the flags of certbot.service do to this certificate: one of its commands may renew it, and others do other work. */
function flagFindings(service: Unit, renewal: Renewal | undefined, context: Context): Finding[] {
  const wanted = wantedBy(context, renewal);
  const judged = service.commands
    .filter(works)
    .map((command) => worst(certbotFlags(command, SERVICE), wanted));
  const [flaw] = judged;
  if (flaw === undefined || judged.includes(undefined)) return [];
  const said = `${SERVICE} runs certbot with --${flaw.name}${flaw.value === 'true' ? '' : ` ${flaw.value}`}`;
  const id = 'certbot.schedule';
  if (flaw.harm === null) {
    const summary = `Whether the certificate renews itself is not known: ${said}.`;
    return [{ id, level: 'warn', summary, hint: TRY_RENEWAL }];
  }
  const files = [service.file, ...service.dropIns].filter(Boolean);
  const where = files.length > 0 ? `Its command line is in ${files.join(' or ')}. ` : '';
  return [
    {
      id,
      level: 'stop',
      summary: `The certificate will not renew itself as it should: ${said}, which ${flaw.harm}.`,
      hint: `${where}Remove the flag, then: sudo systemctl daemon-reload`,
    },
  ];
}

/** In cli.ini it does no harm; on the command line it ends certbot 2.1 (renewal.py, handle_renewal_request). */
const NAMES_A_DOMAIN = 'makes certbot refuse to renew';

/** The flag that keeps this command from its work, or else one that is not known; undefined where it does its work. */
function worst(flags: readonly Setting[], wanted: Wanted): (Setting & { harm: string | null }) | undefined {
  const judged = flags.flatMap((flag) => {
    const harm = flag.name === 'domains' ? NAMES_A_DOMAIN : harmOf(flag, wanted);
    return harm === undefined ? [] : [{ ...flag, harm }];
  });
  return judged.find(({ harm }) => harm !== null) ?? judged[0];
}

/** Half of the time in which the certificate is to be renewed: one try may fail. */
function pauseFor(pem: string | undefined): number {
  const certificate = pem === undefined ? undefined : firstCertificate(pem);
  if (!certificate) return USUAL / 2;
  const seen = fingerprintOf(certificate);
  return Math.max(LEAST, (seen.validTo.getTime() - renewalDue(seen).getTime()) / DAY / 2);
}
