import { answers, toldFile } from '../engine/answers.js';
import { changeUnderWay } from '../engine/detached.js';
import { GUARD_RESTORE } from '../engine/guard-paths.js';
import type { Frame } from '../engine/probe.js';
import { LOG_FOLDER } from '../server-folders.js';
import { lines, type Sh, sh } from '../sh.js';
import { type Runner, tellLock } from './lock.js';
import { listRuns, parseLog, RUN_ID } from './log.js';
import type { Written } from './log-entry.js';
import { parseUnproved, tellUnproved, type Unproved } from './unproved.js';

/** Who holds the lock of a server. */
export interface Holder extends Runner {
  run: string;
  /** The address that the server sees. */
  from: string;
  /** ISO 8601, by the server's clock. */
  since: string;
  /** Title of the step that is under way. */
  step: string | undefined;
  /** Whether its connection still lives. */
  alive: boolean;
}

/** A run whose log has no end. */
export interface CutOff {
  id: string;
  runner: Runner;
  at: string;
  /** Title of the step and what was being changed last; undefined where nothing was. */
  last: { title: string; summary: string; code: number | undefined } | undefined;
  /** What became of the last guarded change. */
  guard: { state: 'armed' | 'confirmed' | 'restored'; title: string; at: string } | undefined;
  /** Whether a person has been told. */
  told: boolean;
}

/** What a server tells of runs of this program. */
export interface RunsSeen {
  holder: Holder | undefined;
  /** A change of some run is under way. */
  busy: boolean;
  /** A guarded change was not confirmed yet. */
  guardArmed: boolean;
  /** The newest run. */
  newest: string | undefined;
  /** The newest run, where it has not ended. */
  cutOff: CutOff | undefined;
  /** Steps whose proofs are outstanding. */
  unproved: readonly Unproved[];
}

/** Details of changes are long, and told by `history` alone. */
export const runsProbe: Sh = lines(
  tellLock,
  tellUnproved,
  sh`if ${changeUnderWay}; then echo busy=yes; fi
if [ -e ${GUARD_RESTORE} ]; then echo guard=armed; fi
newest=$(${listRuns})
newest=\${newest##*
}
if [ -n "$newest" ]; then
  echo "newest=$newest"
  log=${LOG_FOLDER}/"$newest".jsonl
  case $(tail -n 1 "$log") in
  *'"type":"end"'*) ;;
  *) printf 'log=%s\\n' "$(grep -v '"type":"detail"' "$log" | base64 -w0)" ;;
  esac
fi`,
);

/** Pure. */
export function parseRuns({ stdout }: Frame): RunsSeen {
  const told = answers(stdout);
  const newest = told.get('newest');
  const id = newest !== undefined && RUN_ID.test(newest) ? newest : undefined;
  const log = toldFile(told, 'log');
  return {
    holder: parseLock(stdout),
    busy: told.get('busy') === 'yes',
    guardArmed: told.get('guard') === 'armed',
    newest: id,
    cutOff: id !== undefined && log !== undefined ? cutOff(id, parseLog(log)) : undefined,
    unproved: parseUnproved(told),
  };
}

/** Pure. @param stdout what `tellLock` printed, among other things */
export function parseLock(stdout: string): Holder | undefined {
  const told = answers(stdout);
  const run = told.get('lock-run');
  if (!run) return undefined;
  return {
    ...parseRunner(told.get('lock-runner')),
    run,
    from: told.get('lock-from') ?? '',
    since: told.get('lock-since') ?? '',
    step: told.get('lock-step') || undefined,
    alive: told.get('lock-alive') === 'yes',
  };
}

const SOMEBODY: Runner = { tool: '', by: 'somebody', machine: '', pid: 0, command: 'a run' };

function parseRunner(json: string | undefined): Runner {
  try {
    const { tool, by, machine, pid, command } = JSON.parse(json ?? '');
    return {
      tool: String(tool),
      by: String(by),
      machine: String(machine),
      pid: Number(pid),
      command: String(command),
    };
  } catch {
    return SOMEBODY;
  }
}

function cutOff(id: string, entries: readonly Written[]): CutOff | undefined {
  if (entries.some(({ type }) => type === 'end')) return undefined;
  const first = entries[0];
  const runner = first?.type === 'run' ? first : SOMEBODY;
  const last = entries.findLast((entry) => entry.type === 'change');
  const end = entries.findLast((entry) => entry.type === 'changed');
  const guard = entries.findLast((entry) => entry.type === 'guard');
  return {
    id,
    runner,
    at: first?.at ?? '',
    last: last && {
      title: last.title,
      summary: last.summary,
      code: end?.n === last.n ? end.code : undefined,
    },
    guard: guard && { state: guard.state, title: guard.title, at: guard.at },
    told: entries.some(({ type }) => type === 'told'),
  };
}
