import type { FileChange } from '../../engine/change.js';

/** A file of EMQX's as it should be. */
export interface WantedFile {
  path: string;
  content: FileChange['content'];
  /** Of a file with a secret: what is there now, with the secret blanked. */
  before?: string;
  mode: string;
  /** Default: EMQX's own user. */
  owner?: string;
}
