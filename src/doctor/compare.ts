import type { Line, Report } from './report.js';

/** What is kept of a check-up for the next one. */
export interface Remembered {
  version: 1;
  at: string;
  findings: Pick<Line, 'id' | 'group' | 'state' | 'seen' | 'summary'>[];
}

/** Pure. */
export function remembered({ at, findings }: Report): Remembered {
  const open = findings.filter(({ state, accepted }) => state !== 'ok' && accepted === undefined);
  return {
    version: 1,
    at,
    findings: open.map(({ id, group, state, seen, summary }) => ({ id, group, state, seen, summary })),
  };
}

/**
 * Pure. Of a report only what differs from the check-up before: new findings, and those that stand otherwise than before;
 * `gone` has those that are no more. Without one before, everything is new.
 */
export function onlyChanged(report: Report, before: Remembered | undefined): Report {
  const now = remembered(report).findings;
  const known = new Set(before?.findings.map(keyOf));
  const still = new Set(now.map(keyOf));
  // Of a name that says something new, the old words are not gone but replaced.
  const replaced = new Set(now.filter((one) => !known.has(keyOf(one))).map(({ id }) => id));
  const findings = report.findings.filter(
    (one) => one.state !== 'ok' && one.accepted === undefined && !known.has(keyOf(one)),
  );
  return {
    ...report,
    groups: report.groups.filter(({ id }) => findings.some(({ group }) => group === id)),
    findings,
    gone: (before?.findings ?? []).filter((one) => !still.has(keyOf(one)) && !replaced.has(one.id)),
    ...(before ? { since: before.at } : {}),
  };
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
];
