import type { FileChange } from '../../engine/change.js';
import type { Needs } from '../../engine/facts.js';
import { followUnit } from '../../engine/follow-unit.js';
import type { Probed } from '../../engine/probe.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { LOG_FILES, LOG_UNITS, logService, logTimer } from '../../templates/mosquitto-log.js';
import { CONF_FILES, confFiles, directives } from './directives.js';
import { MOSQUITTO } from './facts.js';

/** The log of the broker, and what keeps it small. */
export interface Log {
  /** File that the configuration names; undefined where it goes elsewhere, as to the journal, which has a limit of its own. */
  path: string | undefined;
  service: SeenFile | undefined;
  timer: SeenFile | undefined;
  /** The timer fires now, and after the next start of the server. */
  on: boolean;
}

/** What parseLog() needs. */
export const LOG: Needs = {
  units: [LOG_UNITS.timer],
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
  const { active, enabled } = facts.unit(LOG_UNITS.timer);
  return {
    path: none ? MOSQUITTO.log : path,
    service: facts.file(LOG_FILES.service),
    timer: facts.file(LOG_FILES.timer),
    on: active === 'active' && enabled === 'enabled',
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
export function logFindings({ path, service, timer, on }: Log): Finding[] {
  if (path === undefined) return [];
  const wanted = [
    { seen: service, change: file(LOG_FILES.service, logService(path, MOSQUITTO.user), service) },
    { seen: timer, change: file(LOG_FILES.timer, logTimer, timer) },
  ];
  const files = wanted.filter(({ seen, change }) => !isAsWanted(seen, change)).map(({ change }) => change);
  if (files.length === 0 && on) return [];
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
