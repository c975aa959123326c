import { brokerFor } from '../brokers/index.js';
import { buildReport } from '../doctor/build.js';
import { checks } from '../doctor/checks/index.js';
import { watch } from '../doctor/checks/watch.js';
import { NO_DOMAIN } from '../doctor/discover.js';
import { line, type Mending } from '../doctor/lines.js';
import type { Line, Report } from '../doctor/report.js';
import { REPORT_GROUP } from '../doctor/waivers.js';
import type { ProofResult } from '../engine/events.js';
import type { Look } from '../engine/look.js';
import { lookOutside } from '../engine/look-outside.js';
import type { Asking, Outside, Step } from '../engine/step.js';
import type { SetupError } from '../errors.js';
import { foundAt } from '../host/addresses.js';
import { caaFindings } from '../steps/certbot/caa.js';
import { steps } from '../steps/index.js';
import { program } from '../ui/program.js';
import type { Described } from './described-server.js';
import { firstTarget } from './enter.js';
import { lookAtLaptop } from './laptop.js';
import { lookAround } from './look-around.js';
import { filesOf, makeSecrets, type Session, type SessionOptions } from './session.js';
import { tryRenewal } from './try-renewal.js';

type Rules = Pick<SessionOptions, 'interactive' | 'hostKey' | 'knownHosts' | 'askHostKey' | 'takeBack'>;

/**
 * What is looked at, in the order of the report. A watch that is installed on a server which nobody has described is
 * somebody's own business.
 */
const partsOf = ({ known }: Described): readonly Step[] => [
  ...steps,
  ...checks,
  ...(known ? [watch('as-set')] : []),
];

/** Groups that are about the certificate of a domain. */
const ABOUT_DOMAIN = ['certbot', 'renewal-hook', 'fingerprint', 'certificate'];

/**
 * Looks at the server from inside and from outside.
 * @param renewal whether certbot is to rehearse the renewal
 * @throws SetupError where it could not be entered
 */
export async function checkUp(
  described: Described,
  rules: Rules,
  signal: AbortSignal,
  renewal: boolean,
): Promise<{ report: Report; session: Session }> {
  const { settings, known } = described;
  const secrets = await makeSecrets(settings, false);
  const { session, proofs } = await lookAround(partsOf(described), { settings, secrets, ...rules, signal });
  try {
    return { report: await reportOf(session, proofs, known, renewal), session };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function reportOf(
  session: Session,
  proofs: readonly ProofResult[],
  known: boolean,
  renewal: boolean,
): Promise<Report> {
  const { context, looks } = session;
  const named = context.settings.domain !== NO_DOMAIN;
  const seen = withoutRepeats(named ? looks : withoutDomain(looks), known);
  const told = proofs.filter((proof) => isWorthTelling(proof, looks, named));
  const more = [...(named ? [] : [domainLine]), ...(renewal && named ? [await tryRenewal(session)] : [])];
  return buildReport({
    context,
    looks: seen,
    proofs: told,
    more,
    mending: mendingOf(context, known),
    inside: true,
  });
}

const domainLine = line(REPORT_GROUP, {
  id: 'doctor.domain',
  state: 'unknown',
  seen: 'inside',
  summary: 'The domain of this server is not known, so its certificate could not be looked at',
  mend: 'Give it with --set domain=mqtt.example.org',
});

/** Without a domain there is no certificate to speak of, and no name that the server should know itself by. */
function withoutDomain(looks: readonly Look[]): Look[] {
  return looks
    .filter(({ step }) => !ABOUT_DOMAIN.includes(step.id))
    .map((look) => ({ ...look, findings: look.findings.filter(({ id }) => id !== 'hostname.hosts') }));
}

/** On a server of ours the step that lays the hook down says that it is missing. */
function withoutRepeats(looks: readonly Look[], known: boolean): readonly Look[] {
  const repeated = (id: string) => id === 'certificate.no-hook' && known;
  return looks.map((look) => ({ ...look, findings: look.findings.filter(({ id }) => !repeated(id)) }));
}

/** Looks at what is not there only say the same thing many times. */
function isWorthTelling({ id }: ProofResult, looks: readonly Look[], named: boolean): boolean {
  const found = new Set<string>(looks.flatMap(({ findings }) => findings.map((finding) => finding.id)));
  const ofBroker = /^(tls|mqtt|dashboard)\.|^ports\.(open|udp)$/.test(id);
  const ofName = /^(tls|mqtt|fingerprint)\.|^ports\.renewals$/.test(id);
  return (
    !(ofBroker && found.has('broker-install.package')) &&
    !(ofName && !named) &&
    !(id === 'login.user' && found.has('user.account'))
  );
}

function mendingOf({ settings }: Asking, known: boolean): Mending {
  return known
    ? { command: `${program} doctor --fix`, fix: true }
    : { command: `${program} init ${settings.server}`, fix: false };
}

/**
 * What this computer sees of the server without entering it.
 * @param inside why it was not looked at from inside; undefined where nobody wanted that
 */
export async function checkUpOutside(
  described: Described,
  { knownHosts }: Rules,
  inside: SetupError | undefined,
): Promise<Report> {
  const { settings, known } = described;
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
  return buildReport({ context, looks, proofs, more, mending: mendingOf(context, known), inside: false });
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
