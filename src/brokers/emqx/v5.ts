import { definePart } from '../../engine/step.js';
import { sh } from '../../sh.js';
import type { EmqxFamily } from './family.js';

/** EMQX 5.x and 6.x. */
export const v5: EmqxFamily = {
  takeCertificate: () => sh`false`,
  ready: () => sh`false`,
  conf: () => definePart({ probe: () => sh`true`, parse: (output) => output, check: () => [] }),
};
