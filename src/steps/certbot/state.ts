import type { Unit } from '../../engine/facts/units.js';
import type { SeenFile } from '../../engine/seen-files.js';
import type { Renewal } from './lineage.js';
import type { Others } from './other-renewals.js';
import type { Port80 } from './port-80.js';
import type { Storage } from './storage.js';

/** What the certbot step sees of a server. */
export interface State {
  /** PEM, the server's own certificate first. */
  certificate: string | undefined;
  storage: Storage;
  /** URLs of certbot's accounts with the authority of the settings. */
  accounts: string[];
  renewal: Renewal | undefined;
  /** The files that are or would be ours, by path. */
  files: ReadonlyMap<string, SeenFile>;
  port80: Port80;
  /** Whether the server has a way out to the internet over IPv6. */
  ipv6Out: boolean;
  /** certbot's timer, and what it starts. */
  timer: Unit;
  service: Unit;
  others: Others;
  /** Hooks in post/ that look like the original guide's. */
  postHooks: string[];
}
