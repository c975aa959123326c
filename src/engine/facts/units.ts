import { type Sh, sh } from '../../sh.js';

/** A unit of systemd, as `systemctl show` describes it. */
export interface Unit {
  /** Its own name, where it was asked for by an alias. */
  id: string;
  /** loaded, not-found, masked. */
  load: string;
  /** active, inactive, failed, activating. */
  active: string;
  /** enabled, disabled, static, masked, masked-runtime, generated; '' for a unit without a file. */
  enabled: string;
  /** Units that start it when they start. */
  wantedBy: readonly string[];
  /** File that defines it; '' where there is none. */
  file: string;
  /** Files that change it, in the order in which they count. */
  dropIns: readonly string[];
  /** How its last run ended: success, exit-code. */
  result: string;
  /** Process id of a service; 0 while none runs. */
  pid: number;
  /** The user that systemd starts a service as; '' where nothing says so, which is root. */
  user: string;
  /** Command line of a service, as systemd prints it. */
  command: string;
  /** All of them: a oneshot service may have several. */
  commands: readonly string[];
  /** Addresses of a socket's streams. */
  streams: readonly string[];
  /** systemd has not read its files since they were changed. */
  outdated: boolean;
  /** When it became active, in seconds since 1970; undefined where it did not. */
  since: number | undefined;
  /** When its state last changed, in seconds since 1970: a reload counts, too. */
  changed: number | undefined;
  /** systemd has skipped it, as one of its conditions did not hold. */
  skipped: boolean;
  /** When a timer elapsed last, in seconds since 1970. */
  triggered: number | undefined;
  /** How many files a process of it may have open, and how much memory it may take; Infinity for no limit, undefined where systemd does not say. */
  openFiles: number | undefined;
  memoryMax: number | undefined;
  /** When a service is started again by systemd (Restart=), and after how many seconds; undefined where systemd does not say. */
  restart: string;
  restartSeconds: number | undefined;
  /** When a timer elapses next; undefined where none is set, as for one that counts from a start or a run. */
  next: number | undefined;
  /** Calendar expressions of a timer, as systemd normalises them: `*-*-* 00,12:00:00`. */
  calendar: readonly string[];
  /** What else a timer counts from, systemd.timer(5): a start of the server, or the service's last run. */
  counts: readonly Count[];
  /** By how many seconds a timer may be late: RandomizedDelaySec and AccuracySec, systemd.timer(5). */
  late: number;
  /** A timer has no moment at which it will elapse. */
  never: boolean;
  /** What a timer starts. */
  starts: string;
}

/** A setting of a timer that counts from a moment. */
export interface Count {
  /** Its name in a unit's file: OnUnitActiveSec, OnBootSec … */
  setting: string;
  /** As systemd prints it: `1w 2h`. */
  text: string;
  /** Undefined where it cannot be read. */
  seconds: number | undefined;
}

const PROPERTIES = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'UnitFileState',
  'WantedBy',
  'RequiredBy',
  'FragmentPath',
  'DropInPaths',
  'Result',
  'MainPID',
  'User',
  'ExecStart',
  'Listen',
  'NeedDaemonReload',
  'ActiveEnterTimestamp',
  'LastTriggerUSec',
  'LimitNOFILESoft',
  'MemoryMax',
  'Restart',
  'RestartUSec',
  'StateChangeTimestamp',
  'ConditionResult',
  'ConditionTimestamp',
  'NextElapseUSecRealtime',
  'NextElapseUSecMonotonic',
  'TimersCalendar',
  'TimersMonotonic',
  'RandomizedDelayUSec',
  'AccuracyUSec',
  'Unit',
];

/** Shell that describes units, those that do not exist too. */
export const printUnits = (names: readonly string[]): Sh =>
  sh`TZ=UTC systemctl show -p ${PROPERTIES.join(',')} ${names}`;

/** Pure. The units by each of their names. */
export function parseUnits(stdout: string): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>();
  for (const block of stdout.split(/\n\n+/)) {
    const properties = block.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    const all = (name: string) => properties.filter(([one]) => one === name).map(([, value]) => value);
    const one = (name: string) => all(name)[0] ?? '';
    const has = (name: string, values: readonly string[]) =>
      all(name).some((value) => values.includes(value));
    const commands = all('ExecStart').flatMap((line) => /argv\[\]=([^;]*) ;/.exec(line)?.[1] ?? []);
    const unit: Unit = {
      id: one('Id'),
      load: one('LoadState'),
      active: one('ActiveState'),
      enabled: one('UnitFileState'),
      wantedBy: [one('WantedBy'), one('RequiredBy')].flatMap((names) => names.split(' ').filter(Boolean)),
      file: one('FragmentPath'),
      dropIns: one('DropInPaths').split(' ').filter(Boolean),
      result: one('Result'),
      pid: Number(one('MainPID')),
      user: one('User'),
      command: commands[0] ?? '',
      commands,
      streams: all('Listen').flatMap((listen) => /^(\S+) \(Stream\)$/.exec(listen)?.[1] ?? []),
      outdated: one('NeedDaemonReload') === 'yes',
      since: moment(one('ActiveEnterTimestamp')),
      changed: moment(one('StateChangeTimestamp')),
      skipped: one('ConditionResult') === 'no' && one('ConditionTimestamp') !== '',
      triggered: moment(one('LastTriggerUSec')),
      openFiles: limit(one('LimitNOFILESoft')),
      memoryMax: limit(one('MemoryMax')),
      restart: one('Restart'),
      restartSeconds: span(one('RestartUSec')),
      next: moment(one('NextElapseUSecRealtime')),
      calendar: all('TimersCalendar').flatMap((timer) => /OnCalendar=(.*?) ;/.exec(timer)?.[1] ?? []),
      counts: all('TimersMonotonic').flatMap((timer) => {
        const [, name = '', text = ''] = /\{ (\w+)USec=(.*?) ;/.exec(timer) ?? [];
        return name === '' ? [] : [{ setting: `${name}Sec`, text, seconds: span(text) }];
      }),
      late: ['RandomizedDelayUSec', 'AccuracyUSec'].reduce((sum, name) => sum + (span(one(name)) ?? 0), 0),
      never:
        all('NextElapseUSecRealtime').join() === '' && has('NextElapseUSecMonotonic', ['', '0', 'infinity']),
      starts: one('Unit'),
    };
    for (const name of [unit.id, ...one('Names').split(' ')]) if (name !== '') units.set(name, unit);
  }
  return units;
}

/**
 * Pure. Whether it starts with the server, or when something asks for it, as `systemctl is-enabled` judges: systemctl(1). What is
 * enabled in /run alone is not among them: the next start of the server forgets it.
 */
export const isEnabled = ({ enabled }: Unit): boolean =>
  ['enabled', 'static', 'alias', 'indirect', 'generated'].includes(enabled);

function limit(text: string): number | undefined {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

const SPANS: Readonly<Record<string, number>> = {
  us: 0.000_001,
  ms: 0.001,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  month: 2_629_800,
  y: 31_557_600,
};

/** Pure. Seconds of `1min 40s` or `100ms`, as systemd prints a time span: systemd.time(7). */
function span(text: string): number | undefined {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '0') return 0;
  const parts = text.split(' ').map((part) => {
    const [, number, unit = ''] = /^([\d.]+)(us|ms|s|min|h|d|w|month|y)$/.exec(part) ?? [];
    return Number(number) * (SPANS[unit] ?? Number.NaN);
  });
  const sum = parts.reduce((all, part) => all + part, 0);
  return Number.isNaN(sum) ? undefined : sum;
}

/** Pure. Seconds since 1970 of `Mon 2026-11-30 03:14:47 UTC`, as systemd prints it with TZ=UTC: systemd.time(7). */
function moment(text: string): number | undefined {
  const [, day, time] = /^\w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`) / 1000;
}
