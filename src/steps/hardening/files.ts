import type { FileChange } from '../../engine/change.js';
import { isEnabled } from '../../engine/facts/units.js';
import type { Facts } from '../../engine/facts.js';
import { followUnit } from '../../engine/follow-unit.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { lines, type Sh, sh } from '../../sh.js';
import { activation, MEASURES, type Measure } from './measures.js';
import { isIn, type Profile } from './profile.js';

export type SeenFiles = ReadonlyMap<string, SeenFile>;

/** Names of the units that are switched on and run. */
export type RunningUnits = ReadonlySet<string>;

export const UNITS: readonly string[] = MEASURES.flatMap(({ unit }) => unit ?? []);

/** Pure. */
export const runningUnits = (facts: Facts): RunningUnits =>
  new Set(UNITS.filter((name) => isEnabled(facts.unit(name)) && facts.unit(name).active === 'active'));

/** Pure. @param release id and version of os-release(5): `debian 12` */
export function measureFindings(
  seen: SeenFiles,
  running: RunningUnits,
  profile: Profile,
  release: string,
): Finding[] {
  const wanted = MEASURES.filter((measure) => isIn(measure.profile, profile));
  return wanted.flatMap((measure) => measureFinding(measure, seen, running, release) ?? []);
}

function measureFinding(
  measure: Measure,
  seen: SeenFiles,
  running: RunningUnits,
  release: string,
): Finding | undefined {
  const files = measure.files.map(
    ({ path, content }): FileChange => ({
      path,
      content: typeof content === 'string' ? content : content(release),
      mode: '0644',
      owner: 'root:root',
      before: seen.get(path)?.content,
    }),
  );
  const due = files.filter((file) => !isAsWanted(seen.get(file.path), file));
  const { id, does: summary, unit } = measure;
  if (due.length > 0) {
    const activate = activation(measure);
    return {
      id,
      level: 'change',
      summary,
      change: { kind: 'write', files: due, ...(activate ? { activate } : {}) },
    };
  }
  if (unit === undefined || running.has(unit)) return undefined;
  return {
    id,
    level: 'change',
    summary,
    change: { kind: 'run', script: followUnit(unit), undo: { stays: `${unit} goes on running.` } },
  };
}

/** Pure. Files of ours that belong to a stricter profile than the chosen one, and what makes the server forget them. */
export function leftMeasures(seen: SeenFiles, profile: Profile): { files: string[]; activate: Sh[] } {
  const left = MEASURES.filter(
    (measure) => !isIn(measure.profile, profile) && measure.files.some(({ path }) => seen.has(path)),
  );
  return {
    files: left.flatMap(({ files }) => files.map(({ path }) => path)).filter((path) => seen.has(path)),
    activate: left.flatMap((measure) => activation(measure) ?? []),
  };
}

/** Removes files, then lets the server take notice. A unit is stopped as long as its file says how. */
export const withoutFiles = (files: readonly string[], activate: readonly Sh[]): Sh =>
  lines(sh`systemctl stop ${UNITS} 2>/dev/null || true`, sh`rm -f ${files}`, ...activate);
