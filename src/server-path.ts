import { type Sh, sh, verbatim } from './sh.js';

/**
 * Where Debian and Ubuntu install programs. Scripts of root search nowhere else: a program of the same name that the owner has
 * installed in /usr/local (another build of mosquitto_passwd or openssl) behaves differently from the one that this program knows.
 */
export const DISTRIBUTION = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Where owners install programs: from source, with pip, with snap. */
const OWNERS = '/usr/local/sbin:/usr/local/bin:/snap/bin';

/** The path for what may be the owner's own program. The distribution's comes first. */
export const EVERYWHERE = `${DISTRIBUTION}:${OWNERS}`;

/** Shell for scripts that systemd or certbot starts, whose path begins with /usr/local. */
export const distributionOnly: Sh = sh`PATH=${verbatim(DISTRIBUTION)}
export PATH`;

/** Shell after which the owner's programs are found as well: hooks of apt and certbot call them by name. */
export const ownersToo: Sh = sh`PATH="$PATH:${verbatim(OWNERS)}"`;
