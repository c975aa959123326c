import type { Asking, Finding } from '../../engine/step.js';
import { LETS_ENCRYPT } from '../../settings/schema.js';

/** The name by which CAA records allow Let's Encrypt (letsencrypt.org/docs/caa). */
const LETS_ENCRYPT_NAME = 'letsencrypt.org';

/**
 * Whether the owner of the domain lets Let's Encrypt issue; the names of other authorities are not known here. Where DNS
 * cannot be asked, the question of where the domain points says so.
 * @param level as in dnsFindings
 */
export function caaFindings({ settings, laptop }: Asking, level: 'stop' | 'warn'): Finding[] {
  const { caa } = laptop;
  if (settings.certificate.directory !== LETS_ENCRYPT || 'error' in caa) return [];
  if (caa.issuers.length === 0 || caa.issuers.includes(LETS_ENCRYPT_NAME)) return [];
  const others = caa.issuers.filter((name) => name !== '').join(', ') || 'nobody at all';
  return [
    {
      id: 'certbot.caa',
      level,
      summary: `The CAA record of ${settings.domain} lets ${others} issue certificates, but not Let's Encrypt`,
      hint: `At your domain provider, add a CAA record to ${settings.domain}: 0 issue "${LETS_ENCRYPT_NAME}"`,
    },
  ];
}
