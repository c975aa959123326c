import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { connectAsync } from 'mqtt';
import { beforeAll, expect, it } from 'vitest';
import type { Release } from '../../src/rehearsal/index.js';
import type { Settings } from '../../src/settings/schema.js';
import { type Ground, ground, hostKeyOf, type Output } from './ground.js';
import { openPorts } from './outside.js';

/** The device's password as the summary shows it, once. */
const passwordIn = (text: string) => /Password of the device account \S+: (\S+)/.exec(text)?.[1];

/**
 * Tests of the first run on a fresh server, of what it leaves there, of a second run and of doctor.
 * @returns the server, for the tests that follow
 */
export function firstRun(release: Release, hardening: Settings['hardening']): () => Ground {
  let on: Ground;
  let first: Output;
  let password: string;
  let ca: string;

  beforeAll(async () => {
    on = await ground(release);
    await on.configure({ hardening });
    ca = await readFile(on.server.acme.caBundle, 'utf8');
    first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
    password = passwordIn(first.stdout) ?? '';
  });

  const ssh = (user: string, args: string[], command: string) =>
    execa(
      'ssh',
      [
        '-o',
        'BatchMode=yes',
        '-o',
        `UserKnownHostsFile=${join(on.home, 'known_hosts')}`,
        ...args,
        `${user}@${on.server.address}`,
        command,
      ],
      { reject: false },
    );

  it('ends well, with every proof seen', () => {
    expect(first.stderr).not.toContain('✖');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toContain('mqtt.rehearsal.test is ready');
    expect(first.stdout.match(/^ {2}✔ /gm)?.length).toBeGreaterThan(10);
    expect(first.stdout).not.toMatch(/^ {2}[✖?] /m);
  });

  it('shows the password of the device once, and writes it nowhere', async () => {
    expect(password).toMatch(/^\S{20,}$/);
    expect(first.stdout.split(password)).toHaveLength(2);
    expect(first.stderr).not.toContain(password);
    expect(await readFile(join(on.home, 'broker.yaml'), 'utf8')).not.toContain(password);
    expect(await on.inside(`grep -rlF ${password} /etc /var/log /var/lib/broker-setup || true`)).toBe('');
  });

  it('lets the limited user in with the key, and root with nothing', async () => {
    const limited = await ssh('researcher', ['-i', on.key], 'sudo -n id -u');
    expect(limited.stdout).toBe('0');
    const root = await ssh('root', ['-i', on.key], 'true');
    expect(root.exitCode).toBe(255);
    expect(root.stderr).toContain('Permission denied (publickey)');
  });

  it.each([
    ['mqtts', 8883, ''],
    ['wss', 8084, '/mqtt'],
  ] as const)(
    'a device publishes over %s with its account, and is refused without',
    async (protocol, port, path) => {
      const trust = { servername: on.server.domain, ca, rejectUnauthorized: true };
      const door = { ...trust, wsOptions: trust, reconnectPeriod: 0, connectTimeout: 10_000 };
      const url = `${protocol}://${on.server.address}:${port}${path}`;
      const device = await connectAsync(url, { ...door, username: 'device-1', password });
      const arrived = new Promise<string>((resolve) =>
        device.on('message', (_, payload) => resolve(payload.toString())),
      );
      await device.subscribeAsync('field/1', { qos: 1 });
      await device.publishAsync('field/1', 'hello', { qos: 1 });
      expect(await arrived).toBe('hello');
      await device.endAsync();
      await expect(connectAsync(url, door)).rejects.toThrow(/not authorized/i);
      await expect(
        connectAsync(url, { ...door, username: 'device-1', password: `${password}x` }),
      ).rejects.toThrow(/not authorized/i);
    },
  );

  it('case 56: prints the fingerprints that openssl prints', async () => {
    const { stdout, stderr, exitCode } = await on.run(['fingerprint', '--all']);
    expect(exitCode, stderr).toBe(0);
    for (const digest of ['sha1', 'sha256']) {
      const openssl = await on.inside(
        `openssl x509 -noout -fingerprint -${digest} -in /etc/letsencrypt/live/${on.server.domain}/cert.pem`,
      );
      expect(stdout).toContain(openssl.trim().split('=')[1]);
    }
  });

  it('leaves the ports closed that it does not need', async () => {
    expect(await openPorts(on, '1-20000')).toEqual([22, 8084, 8883]);
  });

  it('run again, has nothing to do', async () => {
    const second = await on.run(['init', '--yes']);
    expect(second.stdout).toContain('Nothing to do');
    expect(second.exitCode, second.stderr).toBe(0);
  });

  it('doctor finds everything in place', async () => {
    const doctor = await on.run(['doctor']);
    expect(doctor.stdout).toContain('Everything is in place.');
    expect(doctor.exitCode).toBe(0);
  });

  return () => on;
}
