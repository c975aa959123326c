import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../../../src/host/host.js';
import {
  type HopRules,
  hopConfig,
  jumpCommand,
  knownLines,
} from '../../../../src/host/ssh/system-ssh/config.js';
import type { KnownKey } from '../../../../src/host/trust/host-key.js';
import { later } from '../../connected.js';
import { scratch } from '../../server.js';

const target: Target = {
  name: 'box',
  hostname: 'fe80::1%eth0',
  port: 2222,
  user: 'ada',
  identityFiles: [],
  identityAgent: '/run/my agent%1',
  identitiesOnly: false,
  knownHostsFiles: [],
  hostKeyAlias: 'alias',
  jumps: [],
  proxyCommand: undefined,
  certificateFiles: [],
  sshOptions: [
    ['hostkeyalgorithms', 'ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512'],
    ['ciphers', 'aes256-ctr'],
  ],
  transport: 'openssh',
};
const rules: HopRules = {
  known: '/tmp/known hosts',
  judge: undefined,
  keys: [],
  identities: ['/home/ada/my 100% key'],
  certificates: [],
  agent: true,
  only: true,
  methods: ['publickey', 'password'],
  through: 'nc %h %p',
  timeoutMs: 4100,
  tells: true,
};

/** As ssh itself understands it. */
function understood(text: string): Map<string, string> {
  const box = scratch();
  later(box, () => box.remove());
  const file = join(box.directory, 'conf');
  writeFileSync(file, text);
  const lines = execFileSync('ssh', ['-G', '-F', file, '--', 'box'], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
    .trim()
    .split('\n');
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
}

describe('what ssh is told', () => {
  it('names the program that judges host keys so that its path may hold spaces', () => {
    const judged = hopConfig(target, { ...rules, judge: '/tmp/of John Doe/judge' });
    expect(judged).toContain('KnownHostsCommand "/tmp/of John Doe/judge" %I %t %K\n');
  });

  it('is understood by ssh as it was meant, with spaces and per cent signs', () => {
    const seen = understood(hopConfig(target, rules));
    expect(Object.fromEntries(seen)).toMatchObject({
      hostname: 'fe80::1%eth0',
      port: '2222',
      user: 'ada',
      ciphers: 'aes256-ctr',
      hostkeyalias: 'alias',
      userknownhostsfile: '/tmp/known hosts',
      stricthostkeychecking: 'true',
      identitiesonly: 'yes',
      identityfile: '/home/ada/my 100%% key',
      identityagent: '/run/my agent%1',
      preferredauthentications: 'publickey,password',
      numberofpasswordprompts: '1',
      connecttimeout: '5',
      serveraliveinterval: '7',
      proxycommand: 'nc %h %p',
    });
  });

  it('offers no key at all where none is named', () => {
    const seen = understood(hopConfig(target, { ...rules, identities: [], agent: false }));
    expect([seen.get('identityfile'), seen.get('identityagent')]).toEqual(['none', 'none']);
  });

  it.each<[string, KnownKey[], string]>([
    ['nothing', [], 'ssh-ed25519-cert-v01@openssh.com'],
    ['an ecdsa key', [{ type: 'ecdsa-sha2-nistp256', base64: 'A' }], 'ecdsa-sha2-nistp256'],
    ['an RSA key', [{ type: 'ssh-rsa', base64: 'A' }], 'rsa-sha2-512'],
    [
      'an authority and a key',
      [
        { type: 'ssh-rsa', base64: 'A', marker: 'cert-authority' },
        { type: 'ssh-rsa', base64: 'B' },
      ],
      'ssh-ed25519-cert-v01@openssh.com',
    ],
  ])('asks first for the type of host key that is known: %s', (_what, keys, first) => {
    const text = hopConfig(target, { ...rules, keys });
    expect(/^hostkeyalgorithms ([^,]+)/m.exec(text)?.[1]).toBe(first);
  });

  it('knows the keys by the name of the server, with their marks', () => {
    expect(knownLines('[box]:22', [{ type: 'ssh-rsa', base64: 'A', marker: 'revoked' }])).toBe(
      '@revoked [box]:22 ssh-rsa A\n',
    );
  });

  it('gives the shell of this computer nothing to take apart', () => {
    expect(jumpCommand('/tmp/bs-1/0.conf', 'gate')).toBe('ssh -F "/tmp/bs-1/0.conf" -W "[%h]:%p" -- gate');
    expect(jumpCommand('/tmp/bs-1/0.conf', '$(reboot)')).toMatch(/ -- jump$/);
  });
});
