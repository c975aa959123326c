import { quote } from 'shlex';
import { buildReport } from '../doctor/build.js';
import { checks } from '../doctor/checks/index.js';
import { watch } from '../doctor/checks/watch.js';
import { NO_DOMAIN } from '../doctor/discover.js';
import { line, type Mending } from '../doctor/lines.js';
import { isWorthTelling, withoutDomain, withoutRepeats } from '../doctor/relevant.js';
import type { Report } from '../doctor/report.js';
import { REPORT_GROUP } from '../doctor/waivers.js';
import type { ProofResult } from '../engine/events.js';
import type { PortLook } from '../engine/inventory.js';
import type { Step } from '../engine/step.js';
import { steps } from '../steps/index.js';
import { program } from '../ui/program.js';
import type { Described } from './described-server.js';
import { lookAround } from './look-around.js';
import { makeSecrets, type Session, type SessionOptions } from './session.js';
import { tryRenewal } from './try-renewal.js';

export type Rules = Pick<
  SessionOptions,
  'interactive' | 'hostKey' | 'knownHosts' | 'transport' | 'askHostKey' | 'settling'
>;

/**
 * What is looked at, in the order of the report. A watch that is installed on a server which nobody has described is
 * somebody's own business.
 */
export const partsOf = ({ known }: Described): readonly Step[] => [
  ...steps,
  ...checks,
  ...(known ? [watch('as-set')] : []),
];

/**
 * Looks at the server from inside and from outside.
 * @param renewal whether certbot is to rehearse the renewal
 * @returns with settling a session that is still open, so that what was found can be mended; otherwise one that has ended
 * @throws SetupError where it could not be entered
 */
export async function checkUp(
  described: Described,
  rules: Rules,
  signal: AbortSignal,
  renewal: boolean,
): Promise<{ report: Report; session: Session }> {
  const { settings } = described;
  const secrets = await makeSecrets(settings, false);
  const options = { settings, secrets, ...rules, signal };
  const stays = renewal || rules.settling !== undefined;
  const { session, proofs } = await lookAround(partsOf(described), options, stays);
  try {
    return { report: await reportOf(session, proofs, described, renewal), session };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function reportOf(
  session: Session,
  proofs: readonly ProofResult[],
  described: Described,
  renewal: boolean,
): Promise<Report> {
  const { context, looks } = session;
  const named = context.settings.domain !== NO_DOMAIN;
  const seen = withoutRepeats(named ? looks : withoutDomain(looks), described.known);
  const told = proofs.filter((proof) => isWorthTelling(proof, looks, named));
  const more = [...(named ? [] : [domainLine]), ...(renewal && named ? [await tryRenewal(session)] : [])];
  const entered: PortLook = {
    port: session.host.target.port,
    transport: 'tcp',
    address: session.outside.address,
    seen: 'open',
  };
  const mending = mendingOf(described);
  return spoken(buildReport({ context, looks: seen, proofs: told, more, mending, entered, inside: true }));
}

/** Said once, instead of by each group that is about the domain. */
export const domainLine = line(REPORT_GROUP, {
  id: 'doctor.domain',
  state: 'unknown',
  seen: 'inside',
  summary: 'The domain of this server is not known, so its certificate could not be looked at',
  mend: 'Give it with --set domain=mqtt.example.org',
});

/** Pure. Hints name this program as it was started here, so that their commands can be typed as they stand. */
export function spoken(report: Report): Report {
  const command = /(?<!npx )\bbroker-setup (?=init|doctor|fingerprint|rehearse)/g;
  const findings = report.findings.map((one) =>
    one.mend === undefined ? one : { ...one, mend: one.mend.replace(command, `${program} `) },
  );
  return { ...report, findings };
}

/** Pure. What mends what is found on this server. */
export function mendingOf({ settings, known, config }: Described): Mending {
  const file = config === undefined ? '' : ` --config ${quote(config)}`;
  return known
    ? { command: `${program} doctor --fix${file}`, fix: true }
    : { command: `${program} init ${settings.server}`, fix: false };
}
