import { CONF_FOLDER } from '../../server-folders.js';

/** Roots of a private certificate authority: for certbot, by REQUESTS_CA_BUNDLE (python-requests). */
export const CA_FILE = `${CONF_FOLDER}/acme-ca.pem`;
export const DROP_IN = '/etc/systemd/system/certbot.service.d/broker-setup.conf';

/** Where certbot keeps its accounts. */
export const ACCOUNTS = '/etc/letsencrypt/accounts';

/** Those with one ACME directory: a folder each, in one named after the address of that directory (certbot, constants.py). */
export function accountsFolder(directory: string): string {
  const { host, pathname } = new URL(directory);
  return `${ACCOUNTS}/${host}${pathname}`;
}

/** Where certbot keeps how a certificate was made and will be renewed. */
export function renewalConf(domain: string): string {
  return `/etc/letsencrypt/renewal/${domain}.conf`;
}
