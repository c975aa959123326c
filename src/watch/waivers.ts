import type { FindingId } from '../catalogue/index.js';
import type { Settings } from '../settings/schema.js';
import { type Sh, sh } from '../sh.js';

/** What the watch can speak of, by the names that doctor uses, and what silences one of them. */
const KNOWN: readonly FindingId[] = [
  'certbot.certificate',
  'fingerprint.served',
  'renewal-hook.proved',
  'certificate.last-run',
  'certbot.timer',
  'broker-install.service',
  'login.user',
  'ufw.rules',
  'system.failed-units',
  'update.disk',
  'update.reboot',
  'updates.stale',
  'updates.lists',
  'updates.off',
];

/** Stands for no end; a number, as days are compared as numbers. */
const NEVER = '99999999';

/**
 * Shell: `waived ID` is true while the settings accept that finding, until their last day and including it, in UTC. Needs
 * `$today` as YYYYMMDD. Waivers for what the watch does not look at are left out, so that they are no change of the watch.
 */
export function waivers(accept: Settings['accept']): Sh {
  const known = accept.filter(({ id }) => KNOWN.some((one) => one === id));
  const words = known.map(({ id, until }) => `${id} ${until?.replaceAll('-', '') ?? NEVER}`);
  return sh`waived() {
  for waiver in ${words}; do
    case $waiver in "$1 "*) [ "$today" -gt "\${waiver#* }" ] || return 0 ;; esac
  done
  return 1
}`;
}
