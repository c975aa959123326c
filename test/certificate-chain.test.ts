import { expect, it } from 'vitest';
import { endsAt, pemBlocks } from '../src/certificate-chain.js';
import { CA_FILE } from '../src/steps/certbot/paths.js';
import { lineage } from '../src/templates/certificate-copy.js';
import { fileIn } from './facts.js';
import { issueFor } from './proofs/authority.js';
import { recorded } from './recorded.js';

const { recording } = recorded('certbot', 'trixie-complete');
const chain = fileIn(recording, lineage('mqtt.rehearsal.test').fullchain).content;
const roots = fileIn(recording, CA_FILE).content;
const [own = '', intermediate = ''] = pemBlocks(chain);
const other = issueFor('mqtt.rehearsal.test');

it.each([
  ['a chain that an ACME server issued, and its roots', chain, roots, true],
  ['the intermediate trusted as if it were a root', own, intermediate, true],
  ['the certificate itself trusted', own, own, true],
  ['a certificate that a root signed without an intermediate', other.cert, other.ca, true],
  ['a chain whose intermediate is missing', own, roots, false],
  ['roots of another authority', chain, other.ca, false],
  ['an intermediate that has not signed the certificate', other.cert + intermediate, roots, false],
  [
    'a chain with something unreadable in it',
    `${own}-----BEGIN CERTIFICATE-----
AAAA
-----END CERTIFICATE-----
${intermediate}`,
    roots,
    true,
  ],
  ['no certificate at all', '', roots, false],
])('%s: %#', (_, presented, trusted, expected) => {
  expect(endsAt(presented, trusted)).toBe(expected);
});
