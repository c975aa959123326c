import { quote } from 'shlex';
import type { ProofResult } from '../engine/events.js';
import type { PortLook } from '../engine/inventory.js';
import type { Step } from '../engine/step.js';
import { NO_DOMAIN } from '../session/discover.js';
import type { Session } from '../session/session.js';
import { steps } from '../steps/index.js';
import { program } from '../terminal/program.js';
import { buildReport } from './build.js';
import { checks } from './checks/index.js';
import { watch } from './checks/watch.js';
import type { Described } from './described-server.js';
import { line, type Mending } from './lines.js';
import { isWorthTelling, withoutDomain, withoutRepeats } from './relevant.js';
import type { Report } from './report.js';
import { tryRenewal } from './try-renewal.js';
import { REPORT_GROUP } from './waivers.js';

/**
 * What is looked at, in the order of the report. A watch that is installed on a server which nobody has described is
 * somebody's own business.
 */
export const partsOf = ({ known }: Described): readonly Step[] => [
  ...steps,
  ...checks,
  ...(known ? [watch('as-set')] : []),
];

/** What was seen, judged and worded. */
export async function reportOf(
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
  const report = buildReport({ context, looks: seen, proofs: told, more, mending, entered, inside: true });
  return spoken(report, described, renewal);
}

/** Said once, instead of by each group that is about the domain. */
export const domainLine = line(REPORT_GROUP, {
  id: 'doctor.domain',
  state: 'unknown',
  seen: 'inside',
  summary: 'The domain of this server is not known, so its certificate could not be looked at',
  mend: 'Give it with --set domain=mqtt.example.org',
});

/**
 * Pure. Hints name this program as it was started here, so that their commands can be typed as they stand: what mends a server
 * that nobody has described is `init`, and the command that is running is no advice.
 */
export function spoken(report: Report, { settings, known }: Described, renewal = false): Report {
  const command = /(?<!npx )\bbroker-setup (?=init|doctor|fingerprint|rehearse)/g;
  const itself = renewal ? /\bbroker-setup doctor(?! --(?!renewal))/ : /\bbroker-setup doctor(?! --)/;
  const findings = report.findings.map((one) => {
    const { mend: hint, ...rest } = one;
    const mend = hint
      ?.split(/(?<=\.) /)
      .filter((sentence) => !itself.test(sentence))
      .join(' ')
      .replaceAll('broker-setup doctor --fix', known ? '$&' : `broker-setup init ${settings.server}`)
      .replace(command, `${program} `);
    return mend ? { ...rest, mend } : rest;
  });
  return { ...report, findings };
}

/** Pure. What mends what is found on this server. */
export function mendingOf({ settings, known, config }: Described): Mending {
  const file = config === undefined ? '' : ` --config ${quote(config)}`;
  return known
    ? { command: `${program} doctor --fix${file}`, fix: true }
    : { command: `${program} init ${settings.server}`, fix: false };
}
