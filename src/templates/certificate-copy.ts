import type { CertificateFiles } from '../engine/broker-facts.js';
import { controls } from '../engine/controlled.js';
import { SAY } from '../engine/say.js';
import { type Sh, sh, verbatim } from '../sh.js';

/** Readable by root and the broker's group alone. */
export const KEY_MODE = '0640';
export const CHAIN_MODE = '0644';

/** Where certbot keeps the newest certificate of a domain (certbot docs, "Where are my certificates?"). */
export function lineage(domain: string): {
  directory: string;
  fullchain: string;
  privkey: string;
} {
  const directory = `/etc/letsencrypt/live/${domain}`;
  return {
    directory,
    fullchain: `${directory}/fullchain.pem`,
    privkey: `${directory}/privkey.pem`,
  };
}

/**
 * Lays copies of the certificate where the broker reads them: the one source for the first copy and for the renewal hook.
 * New modification times and two renames back to back: EMQX watches the times and reads both files separately.
 */
export function installCertificate(files: CertificateFiles, domain: string): Sh {
  const from = lineage(domain);
  const key = `${files.privkey}.new`;
  const chain = `${files.fullchain}.new`;
  return sh`${controls}
controls ${files.directory}
[ "$owner" = root ] || { echo "${verbatim(SAY)}The certificate was not written, as $owner could replace it: $why." >&2; exit 1; }
[ -d ${files.directory} ] || install -d -m 0755 ${files.directory}
install -o ${files.owner} -g ${files.group} -m ${KEY_MODE} ${from.privkey} ${key}
install -o ${files.owner} -g ${files.group} -m ${CHAIN_MODE} ${from.fullchain} ${chain}
mv -f ${key} ${files.privkey}
mv -f ${chain} ${files.fullchain}`;
}
