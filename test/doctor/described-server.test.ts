import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describedServer } from '../../src/doctor/described-server.js';
import { UsageError } from '../../src/errors.js';
import { NO_DOMAIN } from '../../src/session/discover.js';
import type { DoctorFlags } from '../../src/session/flags.js';

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'described-'));
beforeAll(() => process.chdir(folder));
afterEach(() => rmSync(join(folder, 'broker.yaml'), { force: true }));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const YAML = `version: 1
server: 203.0.113.7
domain: mqtt.example.org
key: { alias: my-broker }
broker: { kind: mosquitto }
`;
const write = (name: string) => writeFileSync(join(folder, name), YAML);
/** From outside only, so that nobody has to be asked. */
const look = (server: string | undefined, flags: DoctorFlags = {}) =>
  describedServer(server, { outsideOnly: true, ...flags }, new AbortController().signal);

describe('a server that broker.yaml describes', () => {
  it.each([undefined, '203.0.113.7', 'root@203.0.113.7', 'mqtt.example.org', 'my-broker'])(
    'is known as %s',
    async (typed) => {
      write('broker.yaml');
      expect(await look(typed)).toMatchObject({ known: true, settings: { domain: 'mqtt.example.org' } });
    },
  );

  it('is another than the one that was typed, if they share no name', async () => {
    write('broker.yaml');
    expect(await look('198.51.100.1')).toMatchObject({
      known: false,
      settings: { server: '198.51.100.1', domain: NO_DOMAIN },
    });
  });

  it('is whatever was typed where its file was named', async () => {
    write('mine.yaml');
    expect(await look('198.51.100.1', { config: 'mine.yaml' })).toMatchObject({
      known: true,
      config: 'mine.yaml',
      settings: { server: '198.51.100.1', domain: 'mqtt.example.org' },
    });
  });
});

describe('a server that nothing describes', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', NO_DOMAIN, undefined],
    ['mqtt.example.org', 'mqtt.example.org', 'mqtt.example.org', undefined],
    ['ada@mqtt.example.org', 'mqtt.example.org', 'mqtt.example.org', 'ada'],
    ['root@2001:db8::7', '2001:db8::7', NO_DOMAIN, 'root'],
  ])('typed as %s', async (typed, server, domain, user) => {
    const { settings, known } = await look(typed);
    expect(known).toBe(false);
    expect(settings).toMatchObject({ server, domain });
    expect(settings.login.user).toBe(user);
  });

  it('is what the command line says of it', async () => {
    const { settings } = await look('203.0.113.7', { set: ['domain=mqtt.example.org', 'exposure=guide'] });
    expect(settings).toMatchObject({ domain: 'mqtt.example.org', exposure: 'guide' });
  });

  it('is none where none was typed either', async () => {
    await expect(look(undefined)).rejects.toThrow(UsageError);
  });

  it('is not looked at where the command line is wrong', async () => {
    await expect(look('203.0.113.7', { set: ['exposure=everything'] })).rejects.toMatchObject({
      problems: [expect.stringContaining('exposure')],
    });
  });
});
