import type { Line, Report } from './report.js';
import { wasLookedAt } from './waivers.js';

/** What is kept of a check-up for the next one. */
export interface Remembered {
  version: 1;
  at: string;
  findings: Pick<Line, 'id' | 'group' | 'state' | 'seen' | 'summary'>[];
}

type Kept = Remembered['findings'][number];

/** Pure. What stands open; and of what was kept before, what could not be looked at this time. */
export function remembered(report: Report, before?: Remembered): Remembered {
  const open = report.findings.filter(isOpen).map(kept);
  const unseen = (before?.findings ?? []).filter(({ id }) => !wasLookedAt(id, report.findings));
  return { version: 1, at: report.at, findings: [...open, ...unseen.filter(notIn(open))] };
}

/**
 * Pure. Of a report only what differs from the check-up before: new findings, and those that stand otherwise than before;
 * `gone` has those that are no more. What could not be looked at this time, or is accepted now, is not gone. Without one
 * before, everything is new.
 */
export function onlyChanged(report: Report, before: Remembered | undefined): Report {
  const now = report.findings.filter(isOpen);
  const known = before?.findings ?? [];
  const findings = now.filter(notIn(known));
  // Of a name that says something new, the old words are not gone but replaced.
  const replaced = new Set(findings.map(({ id }) => id));
  const accepted = new Set(report.findings.filter((one) => one.accepted).map(({ id }) => id));
  const gone = known
    .filter(notIn(now))
    .filter(({ id }) => !replaced.has(id) && !accepted.has(id) && wasLookedAt(id, report.findings));
  return {
    ...report,
    groups: report.groups.filter(({ id }) => findings.some(({ group }) => group === id)),
    findings,
    gone,
    ...(before ? { since: before.at } : {}),
  };
}

const isOpen = ({ state, accepted }: Line): boolean => state !== 'ok' && accepted === undefined;

const kept = ({ id, group, state, seen, summary }: Line): Kept => ({ id, group, state, seen, summary });

function notIn(others: readonly Kept[]): (one: Kept) => boolean {
  const keys = new Set(others.map(keyOf));
  return (one) => !keys.has(keyOf(one));
}

/** Pure. Of a report only what is not as it should be. */
export function onlyOpen(report: Report): Report {
  const findings = report.findings.filter(({ state, accepted }) => state !== 'ok' && accepted === undefined);
  const groups = report.groups.filter(({ id }) => findings.some(({ group }) => group === id));
  return { ...report, groups, findings, facts: [], accounts: [] };
}

/** Several findings of one name are told apart by what they say. */
function keyOf({ id, state, summary }: Pick<Line, 'id' | 'state' | 'summary'>): string {
  return `${id}\n${state}\n${COUNTING.includes(id) ? summary.replace(/\d+/g, '0') : summary}`;
}

/** Their sentences count days, seconds or megabytes: another number is no news. */
const COUNTING: readonly string[] = [
  'certificate.timer-late',
  'system.clock',
  'system.disk',
  'system.memory',
  'update.disk',
  'update.packages',
  'updates.stale',
  'updates.lists',
];
