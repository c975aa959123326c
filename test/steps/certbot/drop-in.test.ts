import { expect, it } from 'vitest';
import { certbotDropIn } from '../../../src/steps/certbot/drop-in.js';

it('tells renewals of the private authority', () => {
  expect(certbotDropIn('/etc/broker-setup/acme-ca.pem')).toMatchInlineSnapshot(`
    "# Laid down by broker-setup: the certificate authority is a private one.
    [Service]
    Environment=REQUESTS_CA_BUNDLE=/etc/broker-setup/acme-ca.pem
    "
  `);
});
