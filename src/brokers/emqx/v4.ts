import { definePart } from '../../engine/step.js';
import { sh } from '../../sh.js';
import type { EmqxFamily } from './family.js';

/** EMQX 4.3 and 4.4. */
export const v4: EmqxFamily = {
  takeCertificate: () => sh`false`,
  ready: () => sh`false`,
  conf: () => definePart({ probe: () => sh`true`, parse: (output) => output, check: () => [] }),
};
