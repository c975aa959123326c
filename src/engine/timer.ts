import { longestPause } from './calendar.js';
import type { Unit } from './facts/units.js';

/** What a timer of systemd is there for. */
export interface Duty {
  timer: Unit;
  service: Unit;
  /** The longest pause that may be between two runs, in days. */
  days: number;
  /** Whether a command line of the service does the work. */
  works(command: string): boolean;
  /** What it should run, for people. */
  program: string;
}

/** Why the work will not be done in time. */
export interface Fault {
  /** A sentence without its full stop. */
  what: string;
  /** The files that differ from what was installed and may say so; empty where there are none. */
  files: readonly string[];
  /** It runs a program of the administrator's, which may do the work all the same. */
  unknown?: true;
}

const DAY = 86_400;

/** Programs that do nothing, whatever they are given. */
const IDLE = /^(\S*\/)?(true|false|echo|printf|sleep|:|test)( |$)/;

/**
 * Pure. What keeps a timer that is active from having its work done in time; undefined where nothing does. Whether it is
 * switched on at all is for others to judge.
 */
export function timerFault(duty: Duty, now: Date): Fault | undefined {
  const { timer, service } = duty;
  if (timer.active !== 'active') return undefined;
  const late = lateness(duty, now.getTime() / 1000);
  if (late !== undefined) return { what: late, files: foreign(timer) };
  const idle = idleness(duty);
  return idle === undefined ? undefined : { ...idle, files: foreign(service) };
}

/** These count from the service's last run, so they repeat; the others fire once after a start of the server (systemd.timer(5)). */
const REPEATS = ['OnUnitActiveSec', 'OnUnitInactiveSec'];

/** The longest time between two runs, in days. Each setting fires on its own, so the most frequent one counts. */
function longestWait({ calendar, counts, late }: Unit): number {
  const repeated = counts.map(({ setting, seconds = Number.POSITIVE_INFINITY }) =>
    REPEATS.includes(setting) ? seconds / DAY : Number.POSITIVE_INFINITY,
  );
  return Math.min(...calendar.map(longestPause), ...repeated) + late / DAY;
}

function lateness({ timer, service, days }: Duty, now: number): string | undefined {
  const { id, load, starts, never, next, calendar, counts, late } = timer;
  if (load !== 'loaded') return `systemd does not accept the settings of ${id} (${load})`;
  if (starts !== '' && starts !== service.id) return `${id} starts ${starts} instead of ${service.id}`;
  // While the work is being done no next moment is set.
  if (never && service.active !== 'activating') return `${id} is on, but will not fire again`;
  const far = next !== undefined && next - now > days * DAY;
  const known = calendar.length + counts.length > 0;
  if (!far && (!known || longestWait(timer) <= days)) return undefined;
  const settings = [
    ...calendar.map((one) => `OnCalendar=${one}`),
    ...counts.map(({ setting, text }) => `${setting}=${text}`),
    ...(late > DAY ? [`up to ${Math.floor(late / DAY)} days late`] : []),
    ...(next === undefined ? [] : [`next on ${new Date(next * 1000).toISOString().slice(0, 10)}`]),
  ];
  return `${id} fires too seldom (${settings.join(', ')})`;
}

function idleness({ service, works, program }: Duty): Omit<Fault, 'files'> | undefined {
  const { id, load, skipped, commands } = service;
  if (load !== 'loaded') return { what: `systemd cannot start ${id} (${load})` };
  if (skipped) return { what: `systemd skips ${id}, because one of its conditions does not hold` };
  // systemd loads no service without a command.
  if (commands.length === 0 || commands.some(works)) return undefined;
  const said = `${id} runs “${commands.join('; ')}” instead of ${program}`;
  return commands.every((one) => IDLE.test(one)) ? { what: said } : { what: said, unknown: true };
}

/** A package brings its units below /usr (in older releases /lib); units and drop-ins of this program begin with its name. */
const foreign = ({ file, dropIns }: Unit): string[] =>
  [file, ...dropIns].filter((path) => /^\/(etc|run)\//.test(path) && !/\/broker-setup[^/]*$/.test(path));

/** Pure. What to do about it: the files are the administrator's, so only a person can. */
export function faultHint({ files }: Fault, unit: string): string {
  const reload = `then: sudo systemctl daemon-reload && sudo systemctl restart ${unit}`;
  if (files.length === 0)
    return `See it with: systemctl list-timers ${unit}. Start it anew with: sudo systemctl restart ${unit}`;
  return `${files.join(', ')} ${files.length === 1 ? 'differs' : 'differ'} from what was installed: remove what is not needed, ${reload}`;
}
