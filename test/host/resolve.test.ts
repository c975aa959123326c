import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failed, installHint } from '../../src/host/local.js';
import { resolve } from '../../src/host/resolve.js';
import { parseJump, parseSshG } from '../../src/host/ssh-g.js';
import { scratch } from './server.js';

const home = { directory: '/home/me' };
const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures/host/ssh-g', name), 'utf8');

describe('parseSshG', () => {
  it('reads all that a Host entry says', () => {
    expect(parseSshG(fixture('mqtt'), 'mqtt', home)).toEqual({
      target: {
        name: 'mqtt',
        hostname: 'mqtt.example.org',
        port: 2222,
        user: 'researcher',
        identityFiles: ['/home/me/.ssh/mqtt', '/home/me/keys/my key'],
        identityAgent: '/home/me/.agent.sock',
        identitiesOnly: true,
        knownHostsFiles: [
          '/home/me/.ssh/known_hosts',
          '/home/me/.ssh/with space',
          '/etc/ssh/ssh_known_hosts',
          '/etc/ssh/ssh_known_hosts2',
        ],
        hostKeyAlias: 'the-broker',
        certificateFiles: [],
        proxyCommand: undefined,
        sshOptions: [
          ['addressfamily', 'any'],
          ['compression', 'no'],
          ['proxyusefdpass', 'no'],
          ['verifyhostkeydns', 'false'],
          ['requiredrsasize', '1024'],
          ['securitykeyprovider', 'internal'],
          ['ipqos', 'lowdelay throughput'],
        ],
      },
      jumps: ['gate'],
    });
  });

  it('reads the defaults', () => {
    const { target, jumps } = parseSshG(fixture('plain'), 'plain', home);
    expect(target).toMatchObject({
      hostname: 'plain',
      port: 22,
      user: 'me',
      identityAgent: undefined,
      identitiesOnly: false,
      hostKeyAlias: undefined,
    });
    expect(target.identityFiles).toContain('/home/me/.ssh/id_ed25519');
    expect(jumps).toEqual([]);
  });

  it('reads jumps and a ProxyCommand', () => {
    expect(parseSshG(fixture('many'), 'many', home).jumps).toEqual([
      'one',
      'two@[2001:db8::1]:2022',
      'three:33',
    ]);
    expect(parseSshG(fixture('command'), 'command', home).target.proxyCommand).toBe('nc %h %p');
  });

  it('takes "none" for nothing, and the line ends and spaces of Windows', () => {
    const output =
      'hostname h\r\nproxyjump none\r\nuserknownhostsfile C:\\Users\\A B/.ssh/known_hosts C:\\Users\\A B/.ssh/known_hosts2\r\nglobalknownhostsfile none\r\nidentityagent none\r\n';
    const { target, jumps } = parseSshG(output, 'h', home);
    expect(jumps).toEqual([]);
    expect(target.knownHostsFiles).toEqual([
      'C:\\Users\\A B/.ssh/known_hosts',
      'C:\\Users\\A B/.ssh/known_hosts2',
    ]);
    expect(target.identityAgent).toBe('none');
  });
});

it.each([
  ['host', { host: 'host' }],
  ['user@host:2022', { host: 'host', user: 'user', port: 2022 }],
  ['two@[2001:db8::1]:2022', { host: '2001:db8::1', user: 'two', port: 2022 }],
  ['ssh://user@host:22', { host: 'host', user: 'user', port: 22 }],
  ['a@b@host', { host: 'host', user: 'a@b' }],
])('parseJump %s', (text, jump) => {
  expect(parseJump(text)).toEqual(jump);
});

describe('resolve', () => {
  const { directory } = scratch();
  const config = join(directory, 'config');
  writeFileSync(
    config,
    [
      'Host mqtt',
      'HostName 203.0.113.7',
      'User researcher',
      'ProxyJump gate,second@198.51.100.2:2022',
      'Host gate',
      'HostName gate.example.org',
      'User hopper',
      'ProxyJump outer:2200',
      'Host command',
      'ProxyCommand nc %h %p',
      'Host loop',
      'ProxyJump pool',
      'Host pool',
      'ProxyJump loop',
      'Host broken-port',
      '',
    ].join('\n'),
  );

  it('follows jumps, outermost first, each with its own entry', async () => {
    const target = await resolve('mqtt', { config });
    expect(target).toMatchObject({ name: 'mqtt', hostname: '203.0.113.7', user: 'researcher', port: 22 });
    expect(target.jumps.map(({ user, hostname, port }) => `${user}@${hostname}:${port}`)).toEqual([
      expect.stringMatching(/@outer:2200$/),
      'hopper@gate.example.org:22',
      'second@198.51.100.2:2022',
    ]);
  });

  it('lets what was said win over the configuration', async () => {
    const target = await resolve('mqtt', { config, user: 'root', port: 2022, key: '/keys/mine' });
    expect(target).toMatchObject({ user: 'root', port: 2022 });
    expect(target.identityFiles[0]).toBe('/keys/mine');
  });

  it('refuses what it cannot follow', async () => {
    await expect(resolve('loop', { config })).rejects.toMatchObject({ code: 'ssh-config' });
  });

  it('case 292: names the file that others may write, and how to mend it', async () => {
    const open = join(directory, 'open');
    writeFileSync(open, '');
    chmodSync(open, 0o666);
    const including = join(directory, 'including');
    writeFileSync(including, `Include ${open}\n`);
    await expect(resolve('mqtt', { config: including })).rejects.toMatchObject({
      code: 'ssh-config',
      message: expect.stringContaining(`Bad owner or permissions on ${open}`),
      hint: expect.stringContaining(`chmod 600 ${open}`),
    });
  });

  it('case 292: shows the words of ssh where it does not understand its configuration', async () => {
    const unknown = join(directory, 'unknown');
    writeFileSync(unknown, 'Foo bar\n');
    await expect(resolve('mqtt', { config: unknown })).rejects.toMatchObject({
      message: expect.stringContaining('line 1: Bad configuration option: foo'),
      hint: expect.stringContaining('ssh -G mqtt'),
    });
  });

  it('never takes a name for an option', async () => {
    const name = `-oProxyCommand=touch ${directory}/ran`;
    const answer = await resolve(name, { config }).then(
      ({ hostname }) => hostname,
      (error: { code: string }) => error.code,
    );
    expect(['ssh-config', name.toLowerCase()]).toContain(answer);
  });
});

it('says how to get OpenSSH where there is none', () => {
  const error = failed('ssh', Object.assign(new Error('spawn ssh ENOENT'), { code: 'ENOENT' }));
  expect(error).toMatchObject({ code: 'no-openssh', message: 'This computer has no ssh.' });
  expect(installHint('win32')).toContain('Optional features');
  expect(installHint('linux')).toContain('openssh-client');
});
