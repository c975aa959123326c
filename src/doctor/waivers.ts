import { catalogued } from '../catalogue/index.js';
import type { Settings } from '../settings/schema.js';
import { line } from './lines.js';
import type { Line } from './report.js';

export type Waiver = Settings['accept'][number];

/** The group of what the report says about itself. */
export const REPORT_GROUP = { id: 'doctor', title: 'This check-up' };

/**
 * Pure. Marks what broker.yaml accepts, until its last day and including it; a waiver that is over or matches nothing is
 * itself reported.
 * @param today YYYY-MM-DD
 */
export function withWaivers(lines: readonly Line[], waivers: readonly Waiver[], today: string): Line[] {
  const valid = new Map(
    waivers.filter(({ until }) => until === undefined || until >= today).map((one) => [one.id, one]),
  );
  const marked = lines.map((one): Line => {
    const waiver = one.state === 'ok' ? undefined : valid.get(one.id);
    if (!waiver) return one;
    const { reason, until } = waiver;
    return { ...one, accepted: { reason, ...(until === undefined ? {} : { until }) } };
  });
  return [...marked, ...waivers.flatMap((waiver) => complaint(waiver, lines, valid.has(waiver.id)))];
}

/** Found on request only, or where nothing else is. */
const RARE: readonly string[] = ['certificate.dry-run', 'doctor.inside', 'doctor.domain'];

/** Pure. Whether a finding of this name would have been found. A waiver is needless only where it could have been needed; one for a name that does not exist always is. */
export function wasLookedAt(id: string, lines: readonly Line[]): boolean {
  if (catalogued(id) === undefined) return true;
  const group = id.split('.')[0] ?? '';
  return (
    !RARE.includes(id) &&
    lines.some((one) =>
      one.seen === 'inside' ? one.group === group && one.state !== 'unknown' : one.id.startsWith(`${group}.`),
    )
  );
}

function complaint({ id, until }: Waiver, lines: readonly Line[], valid: boolean): Line[] {
  const found = lines.some((one) => one.id === id && one.state !== 'ok');
  if ((found && valid) || (!found && !wasLookedAt(id, lines))) return [];
  return [
    line(REPORT_GROUP, {
      id: 'doctor.waiver',
      state: 'warning',
      seen: 'inside',
      summary: found
        ? `broker.yaml accepts ${id} only until ${until}, which is over.`
        : `broker.yaml accepts ${id}, but nothing of that name was found.`,
      mend: found
        ? 'Mend what was found; or give a new date under accept: in broker.yaml.'
        : 'Delete it under accept: in broker.yaml.',
    }),
  ];
}
