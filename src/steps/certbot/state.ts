import type { SeenFile } from '../../engine/seen-files.js';
import type { Renewal } from './lineage.js';

/** What the certbot step sees of a server. */
export interface State {
  /** PEM, the server's own certificate first. */
  certificate: string | undefined;
  /** Whether certbot's folder of this domain exists at all. */
  folder: boolean;
  renewal: Renewal | undefined;
  /** The files that are or would be ours, by path. */
  files: ReadonlyMap<string, SeenFile>;
  /** Programs that listen on port 80. */
  port80: string[];
  /** The systemd unit that the first of them belongs to. */
  unit80: string | undefined;
  timer: boolean;
  snap: boolean;
  /** Hooks in post/ that look like the original guide's. */
  postHooks: string[];
}
