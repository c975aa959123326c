import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { selfSigned } from '../proofs/self-signed.js';
import type { Ground } from './ground.js';

/** What it refuses orders with: status and words. */
const REFUSALS = {
  // As Let's Encrypt words it (github.com/letsencrypt/boulder, ratelimits).
  rateLimited: {
    status: 429,
    detail:
      'too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2031-01-02 03:04:05 UTC: see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-exact-set-of-identifiers',
  },
  accountDoesNotExist: { status: 400, detail: 'Account not found' },
} as const;

/**
 * A stand-in for an ACME server that takes every account and refuses every order (RFC 8555 sections 6.6 and 6.7). No
 * signature is looked at.
 * @returns the settings that lead to it, and how often it was asked for a certificate
 */
export async function refusingAcme(
  on: Ground,
  refusal: keyof typeof REFUSALS,
): Promise<{ set: string[]; orders(): number; close(): void }> {
  const { resolver: address } = on.server;
  const { cert, key } = selfSigned({ subject: '/CN=refusing', alternatives: `IP:${address}` });
  const bundle = join(on.home, 'refusing.pem');
  await writeFile(bundle, cert);
  let orders = 0;
  const server: Server = createServer({ cert, key }, (request, response) => {
    const base = `https://${request.headers.host}`;
    const answer = (status: number, body: object, type = 'application/json', more = {}) =>
      response
        .writeHead(status, { 'content-type': type, 'replay-nonce': 'bm9uY2U', ...more })
        .end(JSON.stringify(body));
    if (request.url === '/dir')
      return answer(200, {
        newNonce: `${base}/nonce`,
        newAccount: `${base}/account`,
        newOrder: `${base}/order`,
        revokeCert: `${base}/revoke`,
        keyChange: `${base}/key`,
      });
    if (request.url === '/account')
      return answer(201, { status: 'valid' }, 'application/json', { location: `${base}/account/1` });
    if (request.url !== '/order') return answer(200, {});
    orders++;
    return answer(
      REFUSALS[refusal].status,
      { type: `urn:ietf:params:acme:error:${refusal}`, ...REFUSALS[refusal] },
      'application/problem+json',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  return {
    set: ['--set', `certificate.directory=https://${address}:${port}/dir`, `certificate.ca_bundle=${bundle}`],
    orders: () => orders,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
