import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ownServer, readNewest } from '../../src/commands/own-server.js';
import { EXIT } from '../../src/errors.js';
import { selfSigned } from '../proofs/self-signed.js';

const folder = mkdtempSync(join(tmpdir(), 'own-server-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'broker.yaml');
writeFileSync(
  config,
  'version: 1\nserver: 192.0.2.7\ndomain: mqtt.example.org\nbroker:\n  kind: mosquitto\n',
);

describe('the server of the settings', () => {
  it.each([
    [undefined, 8883],
    ['mqtt.example.org', 8883],
    ['mqtt.example.org:8084', 8084],
    ['192.0.2.7:8084', 8084],
  ])('%s is where its broker speaks TLS', async (host, port) => {
    const { door } = await ownServer(host, { config });
    expect(door).toEqual({ address: '192.0.2.7', port, servername: 'mqtt.example.org' });
  });

  it.each([
    ['another host', 'other.example.org', { config }],
    ['no settings', undefined, { config: join(folder, 'none.yaml') }],
    ['a host key that is none', undefined, { config, hostKey: 'SHA256:x' }],
  ])('is wrong usage: %s', async (_, host, flags) => {
    await expect(ownServer(host, flags)).rejects.toMatchObject({ exitCode: EXIT.usage });
  });

  it('says what to do about a host of which nothing is known', async () => {
    await expect(ownServer('other.example.org', { config })).rejects.toMatchObject({
      message: expect.stringContaining('other.example.org'),
      hint: expect.stringMatching(/leave HOST out.*leave --from out.*--config/),
    });
  });
});

describe('the certificate on its disk', () => {
  const printing = (stdout: string) => ({ run: async () => ({ code: 0, stdout, stderr: '' }) });

  it('is the first one of the file', async () => {
    const [own, authority] = [selfSigned().cert, selfSigned({ subject: '/CN=authority' }).cert];
    const encoded = Buffer.from(own + authority).toString('base64');
    expect(await readNewest(printing(`newest=${encoded}\n`), 'mqtt.example.org')).toMatchObject({
      subject: 'CN=mqtt.example.org',
    });
  });

  it('is an error where there is none', async () => {
    await expect(readNewest(printing(''), 'mqtt.example.org')).rejects.toMatchObject({
      code: 'no-certificate',
      message: expect.stringContaining('/etc/letsencrypt/live/mqtt.example.org/fullchain.pem'),
    });
  });
});
