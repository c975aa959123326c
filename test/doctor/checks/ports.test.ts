import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ports } from '../../../src/doctor/checks/ports.js';
import { parseListeners } from '../../../src/engine/facts/listeners.js';
import type { Inventory, Listening } from '../../../src/engine/inventory.js';
import { listening } from '../../../src/engine/listening.js';
import type { Outside } from '../../../src/engine/step.js';
import { fixture } from '../../context.js';
import { probed } from '../../facts.js';
import { contextWith, recorded } from '../../recorded.js';

const words = (stdout: string) =>
  listening(parseListeners(stdout))
    .map(({ port, transport, program, world }) =>
      `${port}/${transport} ${world ? 'world' : 'local'} ${program}`.trim(),
    )
    .sort();

describe('what listens', () => {
  it.each(['bookworm-complete', 'trixie-complete'])('is read from a real server (%s)', (name) => {
    expect(words(fixture('ports', name))).toEqual([
      '1883/tcp local mosquitto',
      '22/tcp world sshd',
      '8084/tcp world mosquitto',
      '8883/tcp world mosquitto',
    ]);
  });

  it.each([
    ['IPv4', 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))', '22/tcp world sshd'],
    ['IPv6', 'tcp LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=1,fd=4))', '22/tcp world sshd'],
    [
      'both at once',
      'tcp LISTEN 0 4096 *:8084 *:* users:(("mosquitto",pid=1,fd=9))',
      '8084/tcp world mosquitto',
    ],
    [
      'one address',
      'tcp LISTEN 0 128 203.0.113.7:53 0.0.0.0:* users:(("named",pid=1,fd=9))',
      '53/tcp world named',
    ],
    ['the server itself', 'tcp LISTEN 0 100 127.0.0.1:25 0.0.0.0:*', '25/tcp local'],
    ['the server itself by IPv6', 'tcp LISTEN 0 128 [::1]:631 [::]:*', '631/tcp local'],
    ['the server itself, IPv4 in IPv6', 'tcp LISTEN 0 50 [::ffff:127.0.0.1]:8080 *:*', '8080/tcp local'],
    [
      'the resolver of systemd',
      'tcp LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=1,fd=14))',
      '53/tcp local systemd-resolve',
    ],
    ['any address of loopback', 'tcp LISTEN 0 4096 0.0.0.0%lo:53 0.0.0.0:*', '53/tcp local'],
    [
      'UDP',
      'udp UNCONN 0 0 0.0.0.0:5684 0.0.0.0:* users:(("beam.smp",pid=1,fd=9))',
      '5684/udp world beam.smp',
    ],
    [
      'several programs',
      'tcp LISTEN 0 4096 *:22 *:* users:(("sshd",pid=9,fd=3),("systemd",pid=1,fd=98))',
      '22/tcp world sshd',
    ],
    ['no column of users', 'tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*', '80/tcp world'],
  ])('on %s', (_, line, expected) => {
    expect(words(`${line}\n`)).toEqual([expected]);
  });

  it('counts as far as it reaches, in whatever order it is told', () => {
    const here = 'tcp LISTEN 0 9 127.0.0.1:80 0.0.0.0:* users:(("varnish",pid=1,fd=1))';
    const world = 'tcp LISTEN 0 9 203.0.113.7:80 0.0.0.0:* users:(("nginx",pid=2,fd=1))';
    expect(words(`${here}\n${world}\n`)).toEqual(['80/tcp world nginx']);
    expect(words(`${world}\n${here}\n`)).toEqual(['80/tcp world nginx']);
  });

  it('is nothing where the output makes no sense', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(listening(parseListeners(text.replace(/^(tcp|udp)/gm, '')))).toEqual([]);
      }),
    );
  });

  it('could not be checked where ss is missing', () => {
    expect(() => ports.see(probed(''), contextWith())).toThrow('did not tell what listens');
  });

  it('goes into the inventory', () => {
    const { inventory, findings } = ports.see(recorded('ports', 'bookworm-complete'), contextWith());
    expect(findings).toEqual([]);
    expect(inventory.listeners).toHaveLength(4);
  });
});

describe('what answers although nobody asked for it', () => {
  const [, unasked] = ports.proofs(contextWith());
  const hears = (port: number, program: string, more: Partial<Listening> = {}): Listening => ({
    port,
    program,
    ...{ transport: 'tcp', world: true },
    ...more,
  });
  const closed = { on: true, open: [], published: [], others: [], rejectsBefore: false };
  const judge = (inventory: Inventory) =>
    unasked?.run({
      context: contextWith(),
      inside: Promise.resolve({ facts: [], inventory, addresses: ['127.0.0.1'] }),
    } as unknown as Outside);

  it.each<[string, Inventory]>([
    ['the broker and its plain port', { listeners: [hears(8883, 'mosquitto'), hears(1883, 'mosquitto')] }],
    ['SSH on any port', { listeners: [hears(2222, 'sshd')], sshPorts: [2222] }],
    ['SSH, for which systemd listens', { listeners: [hears(22, 'systemd')], sshPorts: [22] }],
    ['SSH, where its step could not be checked', { listeners: [hears(2222, 'sshd')] }],
    ['renewals', { listeners: [hears(80, 'certbot')] }],
    [
      'UDP, which many programs leave unanswered',
      { listeners: [hears(5353, 'avahi', { transport: 'udp' })] },
    ],
    ['the server itself', { listeners: [hears(25, 'exim4', { world: false })] }],
    [
      'a rule of the firewall',
      { listeners: [hears(443, 'nginx')], firewall: { ...closed, open: ['443/tcp'] } },
    ],
  ])('is not what is there for %s', async (_, inventory) => {
    expect(await judge(inventory)).toEqual({ ok: true, detail: 'nothing else could be reached' });
  });

  it('is a program that listens for all, and the remedy is named', async () => {
    const port = await open();
    expect(await judge({ listeners: [hears(port, 'python3')] })).toMatchObject({
      ok: false,
      detail: `${port} (python3) answers`,
      hint: expect.stringContaining('127.0.0.1'),
    });
  });

  it('is a container that goes past the firewall', async () => {
    const port = await open();
    expect(await judge({ listeners: [], firewall: { ...closed, published: [`${port}/tcp`] } })).toMatchObject(
      {
        ok: false,
        detail: `${port} (a container) answers`,
      },
    );
  });

  it('is not a program that the firewall keeps from the world', async () => {
    expect(await judge({ listeners: [hears(1, 'tcpmux')], firewall: closed })).toMatchObject({
      ok: true,
      detail: '1 refused',
    });
  });

  it('is not known where it is not known what listens', async () => {
    expect(await judge({})).toMatchObject({ ok: undefined });
  });
});

/** A port of this computer that answers while the tests run. */
async function open(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
