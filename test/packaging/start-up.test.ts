import { readdir, realpath } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, inject, test } from 'vitest';
import { issueFor } from '../proofs/authority.js';
import { CONNECTING, filesLoaded, librariesIn, MARKS } from './loaded.js';

const installed = await realpath(inject('packed').installed);
const dist = join(installed, 'dist');
const loadedBy = (...args: string[]) =>
  filesLoaded(process.execPath, [join(installed, 'bin', 'broker-setup.js'), ...args], dist);

describe('what a command loads', () => {
  test('every mark is in the package, so that its absence below means something', async () => {
    const all = (await readdir(dist)).filter((name) => name.endsWith('.js')).map((name) => join(dist, name));
    expect(await librariesIn(all)).toEqual(Object.keys(MARKS));
  });

  test.each([['--help'], ['--version'], ['init --help'], ['no-such-command']])(
    '%s loads commander only',
    async (line) => {
      const files = await loadedBy(...line.split(' '));
      expect(files).toContain(join(dist, 'cli.js'));
      expect(await librariesIn(files)).toEqual([]);
    },
  );

  test('fingerprint HOST waits for nothing but the handshake: it loads commander only', async () => {
    const server = createServer(issueFor('mqtt.example.org'), (socket) =>
      socket.on('error', () => undefined).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const files = await loadedBy('fingerprint', `127.0.0.1:${port}`);
      expect(files.length).toBeGreaterThan(1);
      expect(await librariesIn(files)).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('init loads the SSH library once it connects, and leaves MQTT for when it is needed', async () => {
    expect(await librariesIn(await loadedBy('init'))).not.toContain('ssh2');
    const libraries = await librariesIn(await loadedBy(...CONNECTING));
    expect(libraries).toContain('ssh2');
    expect(libraries).not.toContain('mqtt');
  });
});
