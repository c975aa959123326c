import type { Unit } from '../../engine/facts/units.js';
import { sh } from '../../sh.js';
import { CONFIG_FILES } from './lines.js';

/** Written anew at each start and reload of sshd. */
export const PID_FILE = '/run/sshd.pid';

/**
 * Shell that prints when sshd wrote its file of the process id, and when its files and their folder last changed in any way: a file
 * that is put back by mv, `cp -p` or rsync has an old time of modification (stat(1), %Z).
 */
export const tellTimes = sh`if read -r pid <${PID_FILE} && [ -d "/proc/$pid" ]; then echo pid-file=alive; fi
stat -c 'time=%Y %n' ${PID_FILE}
stat -c 'time=%Z %n' /etc/ssh/sshd_config.d ${CONFIG_FILES}`;

const times = (stdout: string) =>
  [...stdout.matchAll(/^time=(\d+) (.+)$/gm)].map(([, at, path = '']) => ({ at: Number(at), path }));

/** Pure. When the running sshd read its files, in seconds since 1970; NaN where that is not known. */
export function startedAt(stdout: string, { since }: Unit): number {
  const file = times(stdout).find(({ path }) => path === PID_FILE);
  return file && /^pid-file=alive$/m.test(stdout) ? file.at : (since ?? Number.NaN);
}

/** Pure. When one of its files was last changed, added or removed, in seconds since 1970. */
export function changedAt(stdout: string): number {
  const files = times(stdout).filter(({ path }) => path !== PID_FILE);
  return Math.max(0, ...files.map(({ at }) => at));
}
