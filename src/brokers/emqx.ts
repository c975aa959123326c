import { familyOf, isSourceAvailable } from '../settings/emqx-versions.js';
import type { Settings } from '../settings/schema.js';
import type { Broker } from './broker.js';
import { EMQX } from './emqx/facts.js';
import { install } from './emqx/install.js';
import { inner, listeners } from './emqx/listeners.js';
import { v4 } from './emqx/v4.js';
import { v5 } from './emqx/v5.js';

type EmqxSettings = Extract<Settings['broker'], { kind: 'emqx' }>;

/** EMQX 4.3 to 6.x. @throws TypeError without a version: settings that lack it are refused long before */
export function emqx(settings: EmqxSettings): Broker {
  const { version } = settings;
  if (version === undefined) throw new TypeError('broker.version is not known');
  const family = familyOf(version) === 'v4' ? v4 : v5;
  return {
    id: 'emqx',
    title: `EMQX ${version}`,
    about: isSourceAvailable(version)
      ? 'Source-available (BSL 1.1), one node free; from its vendor.'
      : 'Open source (Apache-2.0), from its vendor; gets no security fixes any more.',
    unit: EMQX.unit,
    // curl speaks to its HTTP interface on the server itself; gpg reads the key of the repository.
    packages: () => ['curl', 'ca-certificates', ...(settings.package === undefined ? ['gpg'] : [])],
    listeners,
    inner: () => inner(version),
    certificate: {
      directory: EMQX.certificates,
      fullchain: `${EMQX.certificates}/fullchain.pem`,
      privkey: `${EMQX.certificates}/privkey.pem`,
      owner: 'root',
      group: EMQX.user,
      reader: EMQX.user,
    },
    takeCertificate: family.takeCertificate(version),
    ready: family.ready(version),
    install: install({ ...settings, version }),
    conf: family.conf(version),
  };
}
