import type { Unit } from '../../engine/facts/units.js';
import type { Finding } from '../../engine/step.js';
import { isOneOf4 } from '../../settings/emqx-versions.js';
import { isSoonAgain } from '../restarts.js';
import { EMQX } from './facts.js';
import type { WantedFile } from './wanted-file.js';

/** A drop-in of its own, so that the owner can leave it out by one of a later name. */
export const RESTARTS_FILE = `/etc/systemd/system/${EMQX.unit}.d/broker-setup-restarts.conf`;

/** How systemd starts it again, and whether files of the unit were changed since systemd has read them. */
export type Restarts = Pick<Unit, 'restart' | 'restartSeconds' | 'outdated'>;

/** Pure. */
export const restartsOf = ({ restart, restartSeconds, outdated }: Unit): Restarts => ({
  restart,
  restartSeconds,
  outdated,
});

/** In the plan. */
export const RESTARTS_SUMMARY = 'Start EMQX again within seconds after a crash, not after minutes';

/** Five starts in ten seconds, after which systemd gives a unit up (systemd.unit(5), StartLimitBurst=), are not possible with it. */
const RESTARTS: WantedFile = {
  path: RESTARTS_FILE,
  content: `# Written by broker-setup: EMQX starts again soon after a crash. Your own settings belong into another file beside this
# one; its last word counts.
[Service]
Restart=on-failure
RestartSec=3s
`,
  mode: '0644',
  owner: 'root:root',
};

/**
 * Pure. The drop-in for a quick restart, where nothing else on the server sees to it.
 * @param version systemd does not notice a crash of those that come with an init script (4.3 before 4.3.12)
 */
export function restartFiles(version: string, unit: Restarts, isThere: boolean): WantedFile[] {
  if (version.startsWith('4.') && !isOneOf4(version, '4.3.12', '4.4.0')) return [];
  return isThere || !isSoonAgain(unit) ? [RESTARTS] : [];
}

/** Pure. Where another file has the last word. @param isWritten our file is as it should be, and systemd has read it */
export function slowRestarts(unit: Restarts, isWritten: boolean): Finding[] {
  const { restart, restartSeconds } = unit;
  if (!isWritten || unit.outdated || restartSeconds === undefined || isSoonAgain(unit)) return [];
  return [
    {
      id: 'conf-edits.restarts',
      level: 'warn',
      summary: `After a crash systemd starts EMQX again after ${restartSeconds} s (Restart=${restart}): another file counts more than ${RESTARTS_FILE}.`,
      hint: `Find it with: systemctl cat ${EMQX.unit}. It stays as it is.`,
    },
  ];
}
