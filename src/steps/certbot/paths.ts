import { CONF_FOLDER } from '../../server-folders.js';

/** Roots of a private certificate authority: for certbot, by REQUESTS_CA_BUNDLE (python-requests). */
export const CA_FILE = `${CONF_FOLDER}/acme-ca.pem`;
export const DROP_IN = '/etc/systemd/system/certbot.service.d/broker-setup.conf';

/** Where certbot keeps one account per ACME directory, in a folder named after the address of that directory. */
export const ACCOUNTS = '/etc/letsencrypt/accounts';

/** Where certbot keeps how a certificate was made and will be renewed. */
export function renewalConf(domain: string): string {
  return `/etc/letsencrypt/renewal/${domain}.conf`;
}
