import { isIP, isIPv6 } from 'node:net';
import type { Look } from '../engine/look.js';
import { lookOutside } from '../engine/look-outside.js';
import type { Asking, Laptop, Outside } from '../engine/step.js';
import type { SetupError } from '../errors.js';
import { foundAt } from '../host/network/addresses.js';
import { ipv6Proof } from '../proofs/ports.js';
import { NO_DOMAIN } from '../session/discover.js';
import { firstTarget } from '../session/enter.js';
import { lookAtLaptop } from '../session/laptop.js';
import { askingOf } from '../session/pipeline.js';
import { filesOf, makeSecrets } from '../session/session.js';
import { caaFindings } from '../steps/certbot/caa.js';
import { buildReport } from './build.js';
import type { Rules } from './check-up.js';
import type { Described } from './described-server.js';
import { line } from './lines.js';
import { isWorthTelling } from './relevant.js';
import type { Line, Report } from './report.js';
import { domainLine, mendingOf, partsOf, spoken } from './report-of.js';
import { REPORT_GROUP } from './waivers.js';

/**
 * What this computer sees of the server without entering it.
 * @param inside why it was not looked at from inside; undefined where nobody wanted that
 */
export async function checkUpOutside(
  described: Described,
  { knownHosts }: Rules,
  inside: SetupError | undefined,
): Promise<Report> {
  const { settings } = described;
  const parts = partsOf(described);
  const given = await filesOf(settings);
  const [laptop, target, secrets] = await Promise.all([
    lookAtLaptop(settings, given),
    firstTarget(settings, knownHosts),
    makeSecrets(settings),
  ]);
  const context = askingOf(settings, laptop, secrets);
  const addresses = foundAt(target.jumps.length > 0 ? settings.domain : target.hostname, laptop.dns);
  const outside: Outside = {
    context,
    address: addresses[0] ?? settings.domain,
    addresses,
    login: () => Promise.reject(new Error('there is no login in a look from outside')),
    keyLogin: { user: settings.user.name, credentials: { keys: [], agent: false } },
    firstLogin: undefined,
    made: secrets.deviceGiven ? { devicePassword: secrets.devicePassword } : {},
    withoutLogin: true,
    inside: Promise.resolve({ facts: [], inventory: {}, addresses }),
  };
  const named = settings.domain !== NO_DOMAIN;
  const judged = judgesIpv6(addresses, laptop.dns);
  const looked = await lookOutside(
    parts,
    outside,
    (proof) => !proof.inTurn && !proof.inside && (judged || proof.id !== ipv6Proof.id),
  );
  const proofs = looked.filter((proof) => isWorthTelling(proof, [], named));
  const looks = parts.map(
    (step): Look => ({ step, findings: [], facts: [], inventory: {}, unknown: undefined }),
  );
  const more = [...(named ? dnsLines(context) : [domainLine]), ...(inside ? [insideLine(inside)] : [])];
  const mending = mendingOf(described);
  return spoken(buildReport({ context, looks, proofs, more, mending, inside: false }), described);
}

/** Pure. Whether anything is known of the server's IPv6: not where the name does not exist, or DNS gave no answer. */
function judgesIpv6(addresses: readonly string[], dns: Laptop['dns']): boolean {
  return (
    addresses.some((one) => isIPv6(one)) || (addresses.some((one) => isIP(one) > 0) && !('error' in dns))
  );
}

/** What DNS says is seen from outside as well. Where it gave no answer, nothing is wrong with the records. */
function dnsLines(context: Asking): Line[] {
  const { dns } = context.laptop;
  const group = { id: 'certbot', title: '' };
  const { domain } = context.settings;
  const records = 'error' in dns ? [] : [...dns.a, ...dns.aaaa];
  const id = 'certbot.dns';
  const points = `DNS says that ${domain} is at ${records.join(' and ')}`;
  const silent = `DNS could not say where ${domain} points`;
  const answer =
    'error' in dns
      ? line(group, { id, state: 'unknown', seen: 'outside', summary: silent, detail: dns.error })
      : records.length > 0
        ? line(group, { id, state: 'ok', seen: 'outside', summary: points })
        : line(group, {
            ...{ id, state: 'problem', seen: 'outside', summary: silent, detail: 'there is no record' },
            mend: `Set the A record of ${domain} at your domain provider.`,
          });
  const caa = caaFindings(context, 'warn', undefined).map((finding) =>
    line(group, {
      ...{ id: finding.id, state: 'warning', seen: 'outside', summary: finding.summary },
      mend: finding.hint,
    }),
  );
  return [answer, ...caa];
}

function insideLine({ message, hint }: SetupError): Line {
  return line(REPORT_GROUP, {
    id: 'doctor.inside',
    state: 'unknown',
    seen: 'inside',
    summary: 'The server could not be looked at from inside',
    detail: message.replace(/\.$/, ''),
    mend: hint,
  });
}
