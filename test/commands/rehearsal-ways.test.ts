import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { howToGetIn } from '../../src/commands/rehearsal-ways.js';
import { toYaml } from '../../src/settings/to-yaml.js';
import { settingsWith } from '../settings/any-settings.js';

it('case 269: what is printed of a rehearsal server that stays works when it is pasted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  try {
    const caBundle = join(folder, 'ca-bundle.pem');
    const certificate = {
      ...settingsWith().certificate,
      directory: 'https://10.213.0.1:14000/dir',
      ca_bundle: caBundle,
    };
    await writeFile(
      join(folder, 'broker.yaml'),
      toYaml(settingsWith({ broker: { kind: 'mosquitto' }, protocols: ['mqtt'], certificate })),
    );
    const acme = { directory: certificate.directory, caBundle };
    const server = { name: 'bsr-1', address: '127.0.0.1', sshPort: 4022, ports: { 8883: 48883 }, acme };
    const text = (await howToGetIn(server)).join('\n');
    const known = join(folder, 'known_hosts');
    expect(text).toContain(
      `ssh -p 4022 -o UserKnownHostsFile=${known} -i ${join(folder, 'key')} researcher@127.0.0.1`,
    );
    expect(text).toContain(`doctor --config ${join(folder, 'broker.yaml')} --known-hosts ${known}`);
    expect(text).toContain(`mosquitto_rr -h 127.0.0.1 -p 48883 --insecure --cafile ${caBundle} -u `);
    expect(text).toContain('rehearse down bsr-1');
  } finally {
    await rm(folder, { recursive: true });
  }
});
