import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesNothing, expectFailure, said, spoiled } from '../../before-after.js';
import { type Ground, hostKeyOf, type Output } from '../../ground.js';
import { makeKey } from '../../resident.js';
import { packaged } from '../../snapshot.js';

const PASSWORD = 'admin-password';
const NO_PASSWORD = { BROKER_SETUP_LOGIN_PASSWORD: '' };

let on: Ground;
let rsa: { file: string; line: string };

beforeAll(async () => {
  on = await packaged('trixie');
  rsa = await makeKey(on, 'rsa', { type: 'rsa' });
  await on.inside(`useradd -m -s /bin/bash admin && echo 'admin:${PASSWORD}' | chpasswd
install -d -m 700 -o admin -g admin /home/admin/.ssh
echo '${rsa.line}' >/home/admin/.ssh/authorized_keys && chown admin: /home/admin/.ssh/authorized_keys
printf 'PermitRootLogin no\\nPasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-image.conf`);
  await on.configure({ login: { user: 'admin' } });
  // So that each look below meets a server that is known.
  await spoiled(on, sudoers(FREE), NO_SUDOERS, async () => look({}, ['--host-key', await hostKeyOf(on)]));
});
afterAll(() => on?.down());

async function look(env: Record<string, string>, args: string[] = []): Promise<Output> {
  return on.run(['init', '--dry-run', ...args], { env: { BROKER_SETUP_LOGIN_PASSWORD: PASSWORD, ...env } });
}

async function expectSeen(run: () => Promise<Output>): Promise<void> {
  const output = await changesNothing(on, run);
  expect(output.exitCode, output.stderr).toBe(0);
  expect(said(output)).toContain('This was a dry run');
}

const sudoers = (...lines: string[]) =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >/etc/sudoers.d/90-image && chmod 0440 /etc/sudoers.d/90-image`;
const NO_SUDOERS = 'rm /etc/sudoers.d/90-image';
const FREE = 'admin ALL=(ALL) NOPASSWD: ALL';
const ASKS = 'admin ALL=(ALL) ALL';
const SUDO_PASSWORD = { BROKER_SETUP_SUDO_PASSWORD: PASSWORD };

it('case 1: root is refused, and nobody is named: the usual users are', async () => {
  const output = await changesNothing(on, () => look({}, ['--set', 'login.user=root']));
  expectFailure(on, output, {
    code: 1,
    says: ['refused the login of root', 'ubuntu, debian, admin, ec2-user'],
  });
});

it.each([
  ['requiretty', FREE, {}],
  ['requiretty', ASKS, SUDO_PASSWORD],
  ['requiretty,use_pty', ASKS, SUDO_PASSWORD],
  ['use_pty', FREE, {}],
])('case 4: sudo with %s and “%s”', async (defaults, rule, env) => {
  await spoiled(on, sudoers(`Defaults ${defaults}`, rule), NO_SUDOERS, async () => {
    const plain = await on.inside("su admin -c 'setsid -w sudo -n true' 2>&1 </dev/null || true");
    expect(plain.includes('you must have a tty')).toBe(defaults !== 'use_pty');
    await expectSeen(() => look(env));
  });
});

describe('the sudo of newer Ubuntus, sudo-rs', () => {
  beforeAll(async () => {
    await on.inside(`apt-get -qq update && apt-get -qq install -y --no-install-recommends sudo-rs >/dev/null 2>&1
ln -s /usr/bin/sudo-rs /usr/sbin/sudo`);
  });
  afterAll(() => on.inside('rm /usr/sbin/sudo'));

  it.each([
    ['without a password', FREE, {}],
    ['with a password', ASKS, SUDO_PASSWORD],
  ])('case 3: sudo-rs %s', async (_, rule, env) => {
    await spoiled(on, sudoers(rule), NO_SUDOERS, () => expectSeen(() => look(env)));
  });

  it('case 127: a wrong password counts once', async () => {
    // Only where pam_unix refuses the next line is asked.
    const count = `cp -p /etc/pam.d/common-auth /root/kept-auth
printf '#!/bin/sh\\necho >>/var/tmp/refused\\n' >/usr/local/bin/count && chmod +x /usr/local/bin/count
sed -i -e 's/success=1/success=2/' -e '/pam_deny/i auth optional pam_exec.so /usr/local/bin/count' /etc/pam.d/common-auth`;
    const mend = 'cp -p /root/kept-auth /etc/pam.d/common-auth; rm -f /usr/local/bin/count /var/tmp/refused';
    await spoiled(on, `${sudoers(ASKS)}\n${count}`, `${mend}\n${NO_SUDOERS}`, async () => {
      const refused = async (env: Record<string, string>, says: string) => {
        const output = await look(env, ['--transport', 'node']);
        expectFailure(on, output, { code: 1, says: [says] });
        return Number(await on.inside('sleep 2; wc -l </var/tmp/refused; rm /var/tmp/refused'));
      };
      // This sudo asks PAM even where it may ask nobody (sudo -n), which then counts as well.
      const without = await refused({}, 'asks admin for a password');
      const wrong = { BROKER_SETUP_SUDO_PASSWORD: 'another' };
      expect(await refused(wrong, 'did not accept the password of admin')).toBe(without + 1);
    });
  });

  it('case 3: says what is wrong with it', async () => {
    await spoiled(on, sudoers(ASKS), NO_SUDOERS, async () => {
      expectFailure(on, await look({}), {
        code: 1,
        says: ['asks admin for a password', 'BROKER_SETUP_SUDO_PASSWORD'],
      });
      const wrong = await look({ BROKER_SETUP_SUDO_PASSWORD: 'another' });
      expectFailure(on, wrong, { code: 1, says: ['did not accept the password of admin'] });
    });
    expectFailure(on, await look(SUDO_PASSWORD), { code: 1, says: ['admin may not use sudo'] });
  });
});

describe('an agent with nine keys, the last of which opens the server', () => {
  let agent: ChildProcess;
  let socket: string;

  beforeAll(async () => {
    await on.inside(`${sudoers(FREE)}
printf 'MaxAuthTries 3\\nPasswordAuthentication no\\n' >/etc/ssh/sshd_config.d/000-owner.conf && systemctl restart ssh`);
    socket = join(on.home, 'agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    while (!existsSync(socket)) await sleep(20);
    for (let n = 1; n < 9; n++) await add((await makeKey(on, `agent-${n}`)).file);
    await add(rsa.file);
  });
  afterAll(async () => {
    agent.kill();
    await on.inside(`${NO_SUDOERS}; rm /etc/ssh/sshd_config.d/000-owner.conf && systemctl restart ssh`);
  });
  const add = (file: string) => execa('ssh-add', ['-q', file], { env: { SSH_AUTH_SOCK: socket } });
  const withAgent = (args: string[]) => look({ ...NO_PASSWORD, SSH_AUTH_SOCK: socket }, args);

  it('cases 5, 6: the named key is offered first, and the RSA key signs as servers want it today', async () => {
    await expectSeen(() => withAgent(['--set', `login.key=${rsa.file}`]));
  });

  it('case 5: without a name the server hangs up first, which is said', async () => {
    const output = await changesNothing(on, () => withAgent([]));
    expectFailure(on, output, {
      code: 1,
      says: [
        'agent-1 of the SSH agent',
        'hung up after too many tries',
        'more keys of the agent were not tried',
      ],
    });
  });
});

it.each([
  ['that the server does not have', ':'],
  [
    'that the server has',
    'apt-get -qq install -y locales >/dev/null 2>&1; localedef -i de_DE -f UTF-8 de_DE.UTF-8',
  ],
])('case 10: the login has a language %s', async (_, install) => {
  const spoil = `${install}; ${sudoers(FREE)}; cp /etc/default/locale /root/kept-locale 2>/dev/null
printf 'LANG=de_DE.UTF-8\\nLC_MESSAGES=de_DE.UTF-8\\nLANGUAGE=de\\n' >/etc/default/locale`;
  const mend = `${NO_SUDOERS}; rm /etc/default/locale; [ ! -e /root/kept-locale ] || mv /root/kept-locale /etc/default/locale`;
  await spoiled(on, spoil, mend, async () => {
    expect(await on.inside('su - admin -c locale 2>&1')).toContain('LANG=de_DE.UTF-8');
    await expectSeen(() => look({ LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' }));
  });
});

it.each([
  [22, (address: string) => address],
  [2222, (address: string) => `[${address}]:2222`],
])('case 8: a server that was built anew, on port %i', async (port, spelled) => {
  const known = join(on.home, 'known_hosts');
  const { address } = on.server;
  await on.inside(`${sudoers(FREE)}
printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/10-port.conf && systemctl restart ssh`);
  const args = ['--set', `login.port=${port}`, '--set', `login.key=${rsa.file}`];
  await look(NO_PASSWORD, [...args, '--host-key', await hostKeyOf(on)]);
  const other = await hostKeyOf(on);
  await on.inside('rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh');
  await appendFile(
    known,
    `${spelled('203.0.113.9')} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICoHMmiAk0BuXrzqTfYAvW3b8bGCgrtmF0OlDJ3e/HgH\n`,
  );
  const before = await readFile(known, 'utf8');
  const output = await look(NO_PASSWORD, args);
  const now = await hostKeyOf(on);
  expect(now).not.toBe(other);
  expectFailure(on, output, {
    code: 1,
    says: [
      'is not the one this computer knows',
      now,
      'was reinstalled or given new keys',
      'somebody sits in between',
      `ssh-keygen -R "${spelled(address)}"`,
    ],
  });
  expect(await readFile(known, 'utf8')).toBe(before);
  // Not even the fingerprint on the command line makes it pass.
  expect((await look(NO_PASSWORD, [...args, '--host-key', now])).exitCode).toBe(1);
  await copyFile(known, `${known}.kept`);
  const [, name = ''] = /ssh-keygen -R "([^"]+)"/.exec(said(output)) ?? [];
  await execa('ssh-keygen', ['-R', name, '-f', known]);
  await expectSeen(() => look(NO_PASSWORD, [...args, '--host-key', now]));
  const kept = await readFile(known, 'utf8');
  expect(kept).toContain(spelled('203.0.113.9'));
  // All its keys, for the day on which it shows only some of them.
  expect(kept.match(new RegExp(`^${spelled(address).replaceAll(/[[\].]/g, '\\$&')} `, 'gm'))).toHaveLength(3);
});
