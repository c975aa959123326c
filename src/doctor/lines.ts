import { whyItMatters } from '../catalogue/index.js';
import { OWN_WAY } from '../catalogue/opinionated.js';
import type { ProofResult } from '../engine/events.js';
import type { Look } from '../engine/look.js';
import type { Finding, Step } from '../engine/step.js';
import type { Line, LineState } from './report.js';

/** What mends a finding that carries its change. */
export interface Mending {
  /** The command: `broker-setup doctor --fix`. */
  command: string;
  /** Whether `--fix` can do it here: where somebody has said what the server is to be. */
  fix: boolean;
}

/** Pure. The lines of one step or check: that it is in place, or what was found, then what was seen from outside. */
export function linesOf(look: Look, proofs: readonly ProofResult[], mending: Mending): Line[] {
  const { step, findings, unknown } = look;
  const inside =
    unknown !== undefined
      ? [unknownLine(step, unknown)]
      : findings.length > 0
        ? findings.map((finding) => findingLine(step, finding, mending))
        : [line(step, { id: step.id, state: 'ok', seen: 'inside', summary: step.title })];
  const outside = proofs.filter((proof) => proof.step === step.id).map((proof) => proofLine(step, proof));
  return [...inside, ...outside];
}

type Group = Pick<Step, 'id' | 'title'>;

/**
 * Their reasons say what it means that something could not be checked. All others say what follows when it does not hold, and
 * nobody knows that of what was not seen: a port that refused the connection lets nobody in.
 */
const ABOUT_CHECKING: ReadonlySet<string> = new Set(['doctor.inside', 'doctor.domain', 'ports.ipv6']);

/** A line of a group; what is undefined is left out, so that JSON has no empty fields. */
export function line(
  { id: group }: Group,
  fields: Omit<Line, 'group' | 'detail' | 'why' | 'mend'> & {
    detail?: string | undefined;
    mend?: string | undefined;
  },
): Line {
  const { detail, mend, ...rest } = fields;
  const told = fields.state === 'unknown' ? ABOUT_CHECKING.has(fields.id) : fields.state !== 'ok';
  const why = told ? whyItMatters(fields.id) : undefined;
  return {
    ...rest,
    group,
    ...(detail === undefined ? {} : { detail }),
    ...(why === undefined ? {} : { why }),
    ...(mend === undefined ? {} : { mend }),
  };
}

/** A step or check that gave no usable answer. */
function unknownLine(group: Group, detail: string): Line {
  return line(group, {
    id: group.id,
    state: 'unknown',
    seen: 'inside',
    summary: `“${group.title}” could not be checked`,
    detail,
  });
}

function findingLine(group: Group, finding: Finding, { command, fix }: Mending): Line {
  const { id, level, summary, hint, change, minor } = finding;
  const mended = level === 'change';
  return line(group, {
    id,
    state: stateOf(finding, fix),
    seen: 'inside',
    summary: mended ? `To do: ${summary}` : summary,
    // What waits for init may also be as the owner wants it; the hint says what to do then.
    ...(minor ? { detail: hint } : {}),
    mend: mended ? (change?.kind === 'reboot' ? 'sudo reboot' : command) : hint,
    ...(mended ? { fix } : {}),
  });
}

function stateOf({ id, level, minor }: Finding, described: boolean): LineState {
  return level === 'warn' || minor || (!described && OWN_WAY.has(id)) ? 'warning' : 'problem';
}

function proofLine(group: Group, { id, title, proved }: ProofResult): Line {
  const state = proved.ok === undefined ? 'unknown' : proved.ok ? 'ok' : 'problem';
  return line(group, {
    id,
    state,
    seen: 'outside',
    // The title is a statement, and nobody has seen that it holds.
    summary: state === 'unknown' ? `Could not be checked: ${title}` : title,
    detail: proved.detail,
    mend: state === 'ok' ? undefined : proved.hint,
  });
}
