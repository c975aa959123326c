import { ready } from './activate.js';
import { asEmqx } from './erlang.js';
import type { EmqxFamily } from './family.js';
import { conf } from './v5/conf.js';

/** EMQX 5.x and 6.x. */
export const v5: EmqxFamily = {
  takeCertificate: () => asEmqx('emqx ctl pem_cache clean all'),
  ready: () => ready,
  conf,
};
