import type { Part } from '../../engine/step.js';
import type { Sh } from '../../sh.js';

/** What differs between 4.x on one side and 5.x and 6.x on the other. */
export interface EmqxFamily {
  /** Makes the running broker present what now lies at the paths of the certificate. POSIX sh; may need seconds. */
  takeCertificate(version: string): Sh;
  /** Exits 0 once the broker answers and its ports are open, 1 after a minute without; asks the broker, never sleeps blindly. */
  ready(version: string): Sh;
  /** Listeners, dashboard, accounts, rules, cookie: run inside conf-edits, after the package and the certificate are there. */
  conf(version: string): Part;
}
