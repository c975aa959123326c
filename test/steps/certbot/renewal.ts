import type { Renewal } from '../../../src/steps/certbot/lineage.js';

/** What certbot keeps for a certificate that this program has got. */
export const renewal: Renewal = {
  server: 'https://acme-v02.api.letsencrypt.org/directory',
  keyType: 'ecdsa',
  authenticator: 'standalone',
  preHook: undefined,
  reuseKey: true,
};
