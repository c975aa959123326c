import type { X509Certificate } from 'node:crypto';
import { answers } from '../../engine/answers.js';
import type { CertificateLife, RenewalNote } from '../../engine/inventory.js';
import { type Context, defineStep, type Fact, type Finding } from '../../engine/step.js';
import { daysLeft, fingerprintOf, firstCertificate, renewalDue } from '../../fingerprint.js';
import { sh } from '../../sh.js';
import { CLI_INI, certbotSettings } from '../../steps/certbot/cli-ini.js';
import { renewalConf } from '../../steps/certbot/paths.js';
import { SERVICE, TIMER } from '../../steps/certbot/schedule.js';
import { lineage } from '../../templates/certificate-copy.js';
import { RENEWAL_LOG } from '../../templates/renewal-hook.js';

interface State {
  /** Oldest first. */
  certificates: X509Certificate[];
  notes: RenewalNote[];
  /** How certbot.service ended the last time: success, exit-code, timeout … */
  result: string;
  timerActive: boolean;
  /** When the timer last fired or was switched on, in seconds since 1970; undefined where systemd does not say. */
  fired: number | undefined;
  authenticator: string;
  authHook: boolean;
  /** Whether anything is run after a renewal, as certbot's deploy hook or as its setting renew_hook. */
  hooked: boolean;
  /** Whether certbot is told to pass over this certificate (`--no-autorenew`). */
  skipped: boolean;
}

/** The day from which certbot renews. */
export const RENEWAL_FACT = 'certificate.renewal';

/** So many certificates tell enough of the past. */
const PAST = 12;
/** The timer fires twice a day, each time up to twelve hours late. */
const OVERDUE = 2 * 86_400;

/** Whether certbot will renew in time: its timer, its last run, its way; and what became of earlier renewals. */
export const certificate = defineStep<State>({
  id: 'certificate',
  title: 'The life of the certificate',
  needs: () => ({ units: [SERVICE, TIMER], files: CLI_INI }),
  probe: ({
    settings,
  }) => sh`current=$(readlink -f ${lineage(settings.domain).directory}/cert.pem) && ls -v "$(dirname "$current")"/cert*.pem | tail -n ${PAST} | while read -r file; do
  echo "pem=$(base64 -w0 "$file")"
done
if [ -f ${RENEWAL_LOG} ]; then tail -n 30 ${RENEWAL_LOG} | sed 's/^/note=/'; fi
sed -n 's/^\\(authenticator\\|manual_auth_hook\\|renew_hook\\|autorenew\\) *= */\\1=/p' ${renewalConf(settings.domain)}
find -L /etc/letsencrypt/renewal-hooks/deploy -maxdepth 1 -type f -perm /111 | sed 's/^/deploy=/'`,
  parse: ({ stdout, facts }) => {
    const told = answers(stdout);
    const timer = facts.unit(TIMER);
    const settings = certbotSettings(facts.files());
    const fired = [timer.triggered, timer.since].filter((at) => at !== undefined);
    return {
      // That the present one cannot be read, another step says.
      certificates: [...stdout.matchAll(/^pem=(.+)$/gm)].flatMap(
        ([, pem = '']) => firstCertificate(Buffer.from(pem, 'base64').toString()) ?? [],
      ),
      notes: [...stdout.matchAll(/^note=(\S+) \S+ (.*)$/gm)].map(([, at = '', text = '']) => ({
        at,
        ok: text.startsWith('ok'),
        text: text.replace(/ sha256=\S+$/, ''),
      })),
      result: facts.unit(SERVICE).result,
      timerActive: timer.active === 'active',
      fired: fired.length === 0 ? undefined : Math.max(...fired),
      authenticator: told.get('authenticator') ?? '',
      authHook: told.has('manual_auth_hook'),
      hooked:
        told.has('renew_hook') ||
        told.has('deploy') ||
        settings.some(({ name }) => name === 'deploy-hook' || name === 'renew-hook'),
      skipped: /^(false|no|off|0)$/i.test(told.get('autorenew') ?? ''),
    };
  },
  check: (state, context) => [
    ...lastRun(state),
    ...timer(state, context),
    ...byHand(state),
    ...passedOver(state, context),
    ...noHook(state),
  ],
  facts: ({ certificates }, context) => renewalFacts(certificates.at(-1), context),
  inventory: ({ certificates, notes }) => ({
    certificates: certificates.map((one, index) => life(one, index === certificates.length - 1)),
    renewals: notes,
  }),
});

function lastRun({ result }: State): Finding[] {
  if (result === '' || result === 'success') return [];
  return [
    {
      id: 'certificate.last-run',
      level: 'stop',
      summary: `certbot's last attempt to renew failed (${result}).`,
      hint: 'See why with: sudo journalctl -u certbot -n 50. Try it without risk with: broker-setup doctor --renewal',
    },
  ];
}

function timer({ timerActive, fired }: State, { now }: Context): Finding[] {
  if (!timerActive || fired === undefined || now.getTime() / 1000 - fired <= OVERDUE) return [];
  const days = Math.floor((now.getTime() / 1000 - fired) / 86_400);
  return [
    {
      id: 'certificate.timer-late',
      level: 'stop',
      summary: `certbot.timer is on, but has not fired for ${days} days.`,
      hint: 'See it with: systemctl list-timers certbot.timer. Start it anew with: sudo systemctl restart certbot.timer',
    },
  ];
}

/** certbot refuses to renew by itself what was proved by hand (certbot docs, "Manual"). */
function byHand({ authenticator, authHook }: State): Finding[] {
  if (authenticator !== 'manual' || authHook) return [];
  return [
    {
      id: 'certificate.by-hand',
      level: 'stop',
      summary: 'The certificate was got by hand (certbot --manual), so certbot cannot renew it.',
      hint: 'Get it anew in a way that renews itself: broker-setup init',
    },
  ];
}

/** What `certbot --no-autorenew` leaves in the file of the certificate, or somebody by hand (certbot docs, "Re-creating and Updating Existing Certificates"). */
function passedOver({ skipped }: State, { settings }: Context): Finding[] {
  if (!skipped) return [];
  return [
    {
      id: 'certificate.passed-over',
      level: 'stop',
      summary: 'certbot is told not to renew this certificate (autorenew = False).',
      hint: `Take that line out of ${renewalConf(settings.domain)} on the server.`,
    },
  ];
}

function noHook({ certificates, hooked }: State): Finding[] {
  if (certificates.length === 0 || hooked) return [];
  return [
    {
      id: 'certificate.no-hook',
      level: 'stop',
      summary: 'Nothing is run after a renewal, so nobody tells the broker of its new certificate.',
      hint: 'certbot runs what lies in /etc/letsencrypt/renewal-hooks/deploy and is executable; broker-setup init lays such a hook down.',
    },
  ];
}

function life(certificate: X509Certificate, current: boolean): CertificateLife {
  const { sha1, sha256, names, issuer, validFrom, validTo } = fingerprintOf(certificate);
  return {
    ...{ sha1, sha256, names, issuer, current },
    validFrom: validFrom.toISOString(),
    validTo: validTo.toISOString(),
  };
}

function renewalFacts(current: X509Certificate | undefined, { now }: Context): Fact[] {
  if (!current) return [];
  const seen = fingerprintOf(current);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  return [
    {
      id: 'certificate.expires',
      label: 'Runs out',
      value: `${day(seen.validTo)} (in ${daysLeft(seen, now)} days)`,
    },
    { id: RENEWAL_FACT, label: 'certbot renews it from', value: day(renewalDue(seen)) },
  ];
}
