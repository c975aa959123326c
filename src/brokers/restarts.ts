import type { Unit } from '../engine/facts/units.js';

/** Longest pause after a crash, in seconds: EMQX's packages wait for one minute (4.4) or two (5.x and 6.x). */
const PATIENCE = 5;

/** How systemd starts a broker again. */
export type Restart = Pick<Unit, 'restart' | 'restartSeconds'>;

/** Pure. Whether systemd starts it again soon after a crash: systemd.service(5), Restart= and RestartSec=. */
export const isSoonAgain = ({ restart, restartSeconds }: Restart): boolean =>
  ['always', 'on-failure', 'on-abnormal', 'on-abort'].includes(restart) &&
  restartSeconds !== undefined &&
  restartSeconds <= PATIENCE;
