import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addHostEntry, hasHostEntry, hostEntry, withHostEntry } from '../../../src/host/trust/host-entry.js';
import { scratch } from '../server.js';

let box: ReturnType<typeof scratch>;
beforeEach(() => {
  box = scratch();
});
afterEach(() => box.remove());

const entry = {
  alias: 'mqtt',
  hostname: '203.0.113.7',
  port: 2222,
  user: 'researcher',
  identityFile: '/home/me/.ssh/a key',
};
/** What ssh makes of a configuration. */
const effective = (config: string, host: string): Map<string, string> => {
  const file = join(box.directory, 'effective');
  writeFileSync(file, config, { mode: 0o600 });
  const { stdout } = spawnSync('ssh', ['-G', '-F', file, '--', host], { encoding: 'utf8' });
  return new Map(
    stdout.split('\n').map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]),
  );
};

describe('withHostEntry', () => {
  it('wins over what stands further down', () => {
    const seen = effective(withHostEntry('Host *\n  User somebody\n  Port 22\n', entry), 'mqtt');
    expect(Object.fromEntries(seen)).toMatchObject({
      hostname: '203.0.113.7',
      port: '2222',
      user: 'researcher',
      identityfile: '/home/me/.ssh/a key',
      identitiesonly: 'yes',
    });
  });

  it('leaves settings for all hosts what they were', () => {
    const config = withHostEntry('# mine\nServerAliveInterval 77\nHost other\n  Port 99\n', entry);
    expect(effective(config, 'elsewhere').get('serveraliveinterval')).toBe('77');
    expect(effective(config, 'mqtt').get('serveraliveinterval')).toBe('77');
    expect(effective(config, 'other').get('port')).toBe('99');
  });

  it('keeps every byte of the rest', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('\n', '\r\n', 'Host x', ' ', '#', 'é', 'Match all', 'Port 1', '\t'),
        }),
        (config) => {
          const result = withHostEntry(config, entry);
          expect(result.endsWith(config)).toBe(true);
          expect(hasHostEntry(result, 'mqtt')).toBe(true);
        },
      ),
    );
  });

  it('takes the zone of an IPv6 address for no token', () => {
    const seen = effective(withHostEntry('', { ...entry, hostname: 'fe80::1%eth0' }), 'mqtt');
    expect(seen.get('hostname')).toBe('fe80::1%eth0');
  });

  it('writes the line ends of the file', () => {
    expect(withHostEntry('Host a\r\n', entry)).not.toMatch(/[^\r]\n/);
  });
});

it.each([
  ['Host mqtt', true],
  ['  host other mqtt', true],
  ['HOST=mqtt', true],
  ['Host "mqtt"', true],
  ['Host mqtt2', false],
  ['Host mqtt.example.org', false],
  ['# Host mqtt', false],
  ['HostName mqtt', false],
  ['Host *', false],
])('hasHostEntry %s', (config, there) => {
  expect(hasHostEntry(config, 'mqtt')).toBe(there);
});

describe('addHostEntry', () => {
  it('makes the file where there is none', async () => {
    const file = join(box.directory, '.ssh', 'config');
    expect(await hostEntry('mqtt', file)).toBe(false);
    await addHostEntry(entry, file);
    expect(await hostEntry('mqtt', file)).toBe(true);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps mode, link and content, and leaves nothing else behind', async () => {
    const real = join(box.directory, 'dotfiles');
    const link = join(box.directory, 'config');
    writeFileSync(real, 'Host a\n');
    chmodSync(real, 0o640);
    symlinkSync(real, link);
    await addHostEntry(entry, link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toBe(withHostEntry('Host a\n', entry));
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readdirSync(box.directory).sort()).toEqual(['config', 'dotfiles']);
  });
});
