import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCaBundle } from '../../src/settings/ca-bundle.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(() => rm(directory, { recursive: true }));

const [first, second] = rootCertificates as [string, string];

async function bundle(content: string): Promise<string> {
  const file = join(directory, 'ca.pem');
  await writeFile(file, content);
  return readCaBundle(file);
}

it('gives the certificates and nothing else of the file', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
  expect(await bundle(`${key}# root\r\n${first.replaceAll('\n', '\r\n')}\n\n${second}`)).toBe(
    `${first}\n${second}\n`,
  );
});

it.each([
  ['', 'there is no "BEGIN CERTIFICATE" in it'],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'certificate 1 in it is damaged'],
])('refuses %j', async (content, expected) => {
  const refused = expect(bundle(content)).rejects;
  await refused.toMatchObject({ code: 'ca-bundle', exitCode: 2, message: expect.stringContaining(expected) });
});

it('says which file is not there', async () => {
  await expect(readCaBundle(join(directory, 'none.pem'))).rejects.toThrow(
    /^certificate\.ca_bundle is ".*", but must be a PEM file\. .*none\.pem cannot be read: there is no such file\.$/,
  );
});
