import { brokerFor } from '../brokers/index.js';
import { buildReport } from '../doctor/build.js';
import { line } from '../doctor/lines.js';
import type { Line, Report } from '../doctor/report.js';
import { REPORT_GROUP } from '../doctor/waivers.js';
import type { Look } from '../engine/look.js';
import { lookOutside } from '../engine/look-outside.js';
import type { Asking, Outside } from '../engine/step.js';
import type { SetupError } from '../errors.js';
import { foundAt } from '../host/addresses.js';
import { caaFindings } from '../steps/certbot/caa.js';
import { mendingOf, partsOf, type Rules } from './check-up.js';
import type { Described } from './described-server.js';
import { firstTarget } from './enter.js';
import { lookAtLaptop } from './laptop.js';
import { filesOf, makeSecrets } from './session.js';

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
    makeSecrets(settings, false),
  ]);
  const context: Asking = {
    settings,
    broker: brokerFor(settings),
    laptop,
    secrets,
    packages: [],
    now: new Date(),
  };
  const addresses = foundAt(target.jumps.length > 0 ? settings.domain : target.hostname, laptop.dns);
  const outside: Outside = {
    context,
    address: addresses[0] ?? settings.domain,
    addresses,
    login: () => Promise.reject(new Error('there is no login in a look from outside')),
    keyLogin: { user: settings.user.name, credentials: { keys: [], agent: false } },
    firstLogin: undefined,
    made: {},
    inside: Promise.resolve({ facts: [], inventory: {}, addresses }),
  };
  const proofs = await lookOutside(parts, outside, (proof) => !proof.inTurn && !proof.inside);
  const looks = parts.map(
    (step): Look => ({ step, findings: [], facts: [], inventory: {}, unknown: undefined }),
  );
  const more = [...dnsLines(context), ...(inside ? [insideLine(inside)] : [])];
  return buildReport({ context, looks, proofs, more, mending: mendingOf(described), inside: false });
}

/** What DNS says is seen from outside as well. */
function dnsLines(context: Asking): Line[] {
  const { dns } = context.laptop;
  const group = { id: 'certbot', title: '' };
  const { domain } = context.settings;
  const points =
    'error' in dns ? dns.error : dns.a.length + dns.aaaa.length === 0 ? 'there is no record' : undefined;
  return [
    line(group, {
      id: 'certbot.dns',
      state: points === undefined ? 'ok' : 'problem',
      seen: 'outside',
      summary:
        points === undefined ? `DNS says where ${domain} points` : `DNS could not say where ${domain} points`,
      detail: points ?? ('error' in dns ? undefined : [...dns.a, ...dns.aaaa].join(', ')),
      mend: points === undefined ? undefined : `Set the A record of ${domain} at your domain provider.`,
    }),
    ...caaFindings(context, 'warn').map(({ id, summary, hint }) =>
      line(group, { id, state: 'warning', seen: 'outside', summary, mend: hint }),
    ),
  ];
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
