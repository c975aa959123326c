import type { FindingId } from '../catalogue/index.js';
import type { ProofResult } from '../engine/events.js';
import type { Inventory, PortLook } from '../engine/inventory.js';
import type { Look } from '../engine/look.js';
import type { Context } from '../engine/step.js';
import { EXIT } from '../errors.js';
import { daysLeft, renewalDue } from '../fingerprint.js';
import { NO_DOMAIN } from '../session/discover.js';
import { RENEWAL_FACT } from './checks/certificate.js';
import { linesOf, type Mending } from './lines.js';
import { distinct, portMap } from './port-map.js';
import type { Line, LineState, Report } from './report.js';
import { REPORT_GROUP, withWaivers } from './waivers.js';

/** With one of these certbot does not renew by itself: a day on which it will is then not named. */
const KEEP_FROM_RENEWING: ReadonlySet<string> = new Set<FindingId>([
  'certbot.timer',
  'certbot.schedule',
  'certbot.cli-ini',
  'certbot.storage',
  'update.masked',
  'certificate.timer-late',
  'certificate.last-run',
  'certificate.by-hand',
  'certificate.passed-over',
  'certificate.dry-run',
]);

/** What a check-up has found out, as the engine tells it. */
export interface Seen {
  context: Omit<Context, 'server'> & { server?: Context['server'] };
  /** Steps and checks in the order of the report; with an outside look only, their titles with nothing found. */
  looks: readonly Look[];
  proofs: readonly ProofResult[];
  /** Lines besides those of steps and checks. */
  more?: readonly Line[];
  mending: Mending;
  /** The port through which the server was entered. */
  entered?: PortLook;
  /** Whether the server was looked at from inside. */
  inside: boolean;
}

/** Pure. From what was seen to what is reported; nothing else decides what is healthy. */
export function buildReport({ context, looks, proofs, more = [], mending, entered, inside }: Seen): Report {
  const { settings, now, server } = context;
  const own = looks.flatMap((look) =>
    linesOf(look, proofs, mending).filter(({ seen }) => inside || seen === 'outside'),
  );
  const findings = withWaivers([...own, ...more], settings.accept, now.toISOString().slice(0, 10));
  const absent = new Map(looks.map((look) => [look.step.id, inside ? look.absent : undefined]));
  const groups = [...looks.map(({ step }) => step), REPORT_GROUP]
    .map(({ id, title }) => {
      const state = worst(findings.filter(({ group }) => group === id));
      const why = state === 'ok' ? absent.get(id) : undefined;
      return { id, title, state, ...(why === undefined ? {} : { absent: why }) };
    })
    .filter(({ id }) => findings.some(({ group }) => group === id));
  const inventory = Object.assign({}, ...looks.map((look) => look.inventory)) as Inventory;
  const counts = count(findings);
  const current = inventory.certificates?.at(-1);
  const stuck = findings.some(({ id, state }) => state === 'problem' && KEEP_FROM_RENEWING.has(id));
  return {
    version: 1,
    server: settings.server,
    ...(settings.domain === NO_DOMAIN ? {} : { domain: settings.domain }),
    ...(server ? { system: server.pretty } : {}),
    at: now.toISOString(),
    ok: counts.problem === 0 && counts.unknown === 0 && !shutOut(findings),
    exitCode: exitCodeOf(counts, findings),
    counts,
    groups,
    findings,
    facts: looks
      .flatMap(({ facts }) => facts)
      .filter(({ id }) => id !== RENEWAL_FACT || !stuck)
      .map(({ id, label, value }) => ({ id, label, value })),
    ports: portMap(context, inventory, distinct([...(entered ? [entered] : []), ...seenPorts(proofs)])),
    certificates: [...(inventory.certificates ?? [])],
    ...(current ? { renewal: renewal(current, inventory, now, stuck) } : {}),
    accounts: [...(inventory.accounts ?? [])],
  };
}

const seenPorts = (proofs: readonly ProofResult[]): PortLook[] =>
  proofs.flatMap(({ proved }) => proved.ports ?? []);

function count(lines: readonly Line[]): Report['counts'] {
  const open = lines.filter(({ accepted }) => accepted === undefined);
  const of = (state: LineState) => open.filter((one) => one.state === state).length;
  return {
    ok: of('ok'),
    problem: of('problem'),
    warning: of('warning'),
    unknown: of('unknown'),
    accepted: lines.length - open.length,
  };
}

/** A server that could not be entered was not checked, whatever its outside looks like. */
function exitCodeOf({ problem, unknown }: Report['counts'], lines: readonly Line[]): Report['exitCode'] {
  if (shutOut(lines)) return EXIT.unchecked;
  if (problem > 0) return EXIT.failed;
  return unknown > 0 ? EXIT.unchecked : EXIT.ok;
}

const shutOut = (lines: readonly Line[]): boolean => lines.some(({ id }) => id === 'doctor.inside');

const ORDER: readonly LineState[] = ['problem', 'unknown', 'warning', 'ok'];

function worst(lines: readonly Line[]): LineState {
  return (
    ORDER.find((state) => lines.some((one) => one.state === state && one.accepted === undefined)) ?? 'ok'
  );
}

function renewal(
  current: NonNullable<Inventory['certificates']>[number],
  { renewals = [] }: Inventory,
  now: Date,
  stuck: boolean,
): Report['renewal'] {
  const validTo = new Date(current.validTo);
  const expected = renewalDue({ validFrom: new Date(current.validFrom), validTo });
  return {
    ...(stuck ? {} : { expected: expected.toISOString().slice(0, 10) }),
    daysLeft: daysLeft({ validTo }, now),
    log: [...renewals],
  };
}
