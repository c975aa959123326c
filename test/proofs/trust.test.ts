import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { trustOf } from '../../src/proofs/trust.js';
import { issueFor } from './authority.js';

const wellKnown = { ca: [...rootCertificates] };

it.each([
  ['nothing of the kind', undefined, {}, [], {}],
  ['a private authority', 'PEM', { NODE_EXTRA_CA_CERTS: '/a.pem' }, [], { ca: 'PEM' }],
  ['NODE_EXTRA_CA_CERTS', undefined, { NODE_EXTRA_CA_CERTS: '/a.pem' }, [], wellKnown],
  ['NODE_USE_SYSTEM_CA', undefined, { NODE_USE_SYSTEM_CA: '1' }, [], wellKnown],
  ['NODE_OPTIONS', undefined, { NODE_OPTIONS: '--no-warnings --use-openssl-ca' }, [], wellKnown],
  ['an option of Node', undefined, {}, ['--use-system-ca'], wellKnown],
])('case 178: %s: whom devices are taken to trust', (_, caBundle, env, words, expected) => {
  expect(trustOf({ caBundle }, env, words, {})).toEqual(expected);
});

it.each([
  ['an option with underscores', { NODE_OPTIONS: '--use_openssl_ca' }, [], {}],
  ['a file of options', {}, ['--experimental-config-file=node.json'], {}],
  ['the build of Node', {}, [], { target_defaults: { defines: ['NODE_OPENSSL_CERT_STORE'] } }],
])('case 309: %s does not change whom devices are taken to trust', (_, env, words, build) => {
  expect(trustOf({ caBundle: undefined }, env, words, build)).toEqual(wellKnown);
});

it('case 178: a port with a certificate that only this computer trusts is not called trusted', async () => {
  const domain = 'mqtt.example.org';
  const pki = issueFor(domain);
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const server = createServer(pki);
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, 'private.pem'), pki.ca);
  const at = (path: string) => JSON.stringify(new URL(`../../src/proofs/${path}`, import.meta.url).href);
  const script = join(folder, 'ask.mts');
  writeFileSync(
    script,
    `import { servedCertificate } from ${at('tls.js')};
import { trustOf } from ${at('trust.js')};
const door = { address: '127.0.0.1', port: ${port}, servername: '${domain}' };
const seen = async (trust: object) => (await servedCertificate({ ...door, ...trust })).distrust ?? 'trusted';
console.log(await seen({}), await seen(trustOf({ caBundle: undefined })));
`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'private.pem') },
  });
  // Node by itself trusts it, and so this test shows something.
  expect(stdout.trim()).toMatch(/^trusted (?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/);
});
