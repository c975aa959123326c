import { isOneOf4 } from '../../settings/emqx-versions.js';
import { ready } from './activate.js';
import { asEmqx } from './erlang.js';
import type { EmqxFamily } from './family.js';
import { conf } from './v4/conf.js';

/** EMQX 4.3 and 4.4. */
export const v4: EmqxFamily = {
  // Without it a new file is noticed within two minutes; `listeners restart` changes nothing (both seen with 4.3.5).
  takeCertificate: (version) =>
    isOneOf4(version, '4.3.13', '4.4.2')
      ? asEmqx('emqx_ctl pem_cache clean all')
      : asEmqx("emqx eval 'ssl:clear_pem_cache()'"),
  ready: () => ready,
  conf,
};
