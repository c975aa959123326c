import type { FileChange } from '../../engine/change.js';
import type { Needs } from '../../engine/facts.js';
import { followUnit } from '../../engine/follow-unit.js';
import type { Probed } from '../../engine/probe.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { type Duty, faultHint, timerFault } from '../../engine/timer.js';
import { CONF_FILES, confFiles, directives } from './directives.js';
import { MOSQUITTO } from './facts.js';
import { LOG_FILES, LOG_UNITS, logService, logTimer } from './log-units.js';

/** The log of the broker, and what keeps it small. */
export interface Log {
  /** File that the configuration names; undefined where it goes elsewhere, as to the journal, which has a limit of its own. */
  path: string | undefined;
  service: SeenFile | undefined;
  timer: SeenFile | undefined;
  /** The timer fires now, and after the next start of the server. */
  on: boolean;
  duty: Duty;
}

/** The longest pause between two runs, in days. A broker that only writes its log fills 3.6 GB in an hour. */
const LONGEST = 1 / 24;

/** What parseLog() needs. */
export const LOG: Needs = {
  units: [LOG_UNITS.timer, LOG_UNITS.service],
  files: [LOG_FILES.service, LOG_FILES.timer, MOSQUITTO.conf, CONF_FILES],
};

/** Pure. Mosquitto accepts one `log_dest file`. */
export function parseLog({ facts }: Probed): Log {
  const lines = confFiles(facts.files()).flatMap(([path, { content }]) => directives(path, content));
  const [path] = lines
    .filter(({ name }) => name === 'log_dest')
    .flatMap(({ value }) => /^file\s+(\/.+)$/.exec(value)?.[1] ?? []);
  // The package's own file, as long as there is no package.
  const none = facts.file(MOSQUITTO.conf) === undefined;
  const log = none ? MOSQUITTO.log : path;
  const timer = facts.unit(LOG_UNITS.timer);
  return {
    path: log,
    service: facts.file(LOG_FILES.service),
    timer: facts.file(LOG_FILES.timer),
    on: timer.active === 'active' && timer.enabled === 'enabled',
    duty: {
      timer,
      service: facts.unit(LOG_UNITS.service),
      days: LONGEST,
      works: (command) => log !== undefined && command.includes(log),
      program: 'the command that this program wrote',
    },
  };
}

const file = (path: string, content: string, seen: SeenFile | undefined): FileChange => ({
  path,
  content,
  mode: '0644',
  owner: 'root:root',
  before: seen?.content,
});

/** Pure. */
export function logFindings({ path, service, timer, on, duty }: Log, now: Date): Finding[] {
  if (path === undefined) return [];
  const wanted = [
    { seen: service, change: file(LOG_FILES.service, logService(path, MOSQUITTO.user), service) },
    { seen: timer, change: file(LOG_FILES.timer, logTimer, timer) },
  ];
  const files = wanted.filter(({ seen, change }) => !isAsWanted(seen, change)).map(({ change }) => change);
  if (files.length === 0 && on) return timeliness(duty, now);
  const activate = followUnit(LOG_UNITS.timer);
  return [
    {
      id: 'broker-install.log',
      level: 'change',
      summary: `Keep the log of Mosquitto small (${path}): above 50 MB it is emptied, every five minutes`,
      change:
        files.length > 0
          ? { kind: 'write', files, activate }
          : { kind: 'run', script: activate, undo: { stays: `${LOG_UNITS.timer} goes on running.` } },
    },
  ];
}

/** Pure. What keeps the log from being kept small although the timer is on. */
function timeliness(duty: Duty, now: Date): Finding[] {
  const finding = { id: 'broker-install.log', level: 'warn' } as const;
  const fault = timerFault(duty, now);
  if (fault !== undefined)
    return [
      {
        ...finding,
        summary: `The log of Mosquitto may fill the disk: ${fault.what}.`,
        hint: faultHint(fault, LOG_UNITS.timer),
      },
    ];
  const { id, result } = duty.service;
  if (result === '' || result === 'success') return [];
  return [
    {
      ...finding,
      summary: `The log of Mosquitto may fill the disk: the last run of ${id} failed (${result}).`,
      hint: `Its own words: sudo journalctl -u ${id}`,
    },
  ];
}
