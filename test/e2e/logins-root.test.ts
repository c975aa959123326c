import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steps } from '../../src/steps/index.js';
import { changesNothing, expectFailure } from './before-after.js';
import { type Ground, hostKeyOf, type Output } from './ground.js';
import { makeKey, resident } from './resident.js';
import { packaged } from './snapshot.js';

const NO_PASSWORD = { BROKER_SETUP_LOGIN_PASSWORD: '' };

describe('root with a key, on another port; the limited user with an own RSA key and a sudo password', () => {
  const passphrase = 'correct horse battery';
  let on: Ground;
  let own: { file: string; line: string };
  let ownBefore: string;
  let stranger: string;
  let first: Output;
  let sudoPassword: string;
  const env = { ...NO_PASSWORD, BROKER_SETUP_KEY_PASSPHRASE: passphrase };

  beforeAll(async () => {
    on = await packaged('trixie');
    const opening = await makeKey(on, 'opening');
    own = await makeKey(on, 'own', { type: 'rsa', passphrase });
    stranger = (await makeKey(on, 'stranger')).line;
    ownBefore = await readFile(own.file, 'utf8');
    await on.inside(`install -d -m 700 /root/.ssh && echo '${opening.line}' >/root/.ssh/authorized_keys
useradd -m -s /bin/bash researcher && install -d -m 700 -o researcher -g researcher /home/researcher/.ssh
printf %s '${stranger}' >/home/researcher/.ssh/authorized_keys && chown researcher: /home/researcher/.ssh/authorized_keys
echo 'Port 2222' >/etc/ssh/sshd_config.d/10-port.conf && systemctl restart ssh`);
    await on.configure({
      login: { user: 'root', port: 2222, key: opening.file },
      key: { file: own.file },
      user: { sudo: 'with-password' },
    });
    first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)], { env });
    sudoPassword = /Password that sudo asks researcher for: (\S+)/.exec(first.stdout)?.[1] ?? '';
  });
  afterAll(() => on?.down());

  const asLimited = async (command: string): Promise<Output> => {
    const askpass = join(on.home, 'askpass');
    await writeFile(askpass, '#!/bin/sh\necho "$PASSPHRASE"\n', { mode: 0o700 });
    const known = [
      '-o',
      `UserKnownHostsFile=${join(on.home, 'known_hosts')}`,
      '-o',
      'StrictHostKeyChecking=yes',
    ];
    const as = ['-p', '2222', '-i', own.file, '-o', 'IdentitiesOnly=yes', `researcher@${on.server.address}`];
    const ask = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', PASSPHRASE: passphrase };
    return resident(on, ['ssh', ...known, ...as, command], ask);
  };

  it('case 6: ends well', () => {
    expect(first.exitCode, first.stderr).toBe(0);
    // The line works as it is, so it names the file of host keys that this run was given.
    const trust = `-o UserKnownHostsFile=${join(on.home, 'known_hosts')} `;
    expect(first.stdout).toContain(`ssh ${trust}-p 2222 -i ${own.file} researcher@${on.server.address}`);
  });

  it('uses the key that was there and leaves it, and the keys on the server, as they are', async () => {
    expect(await readFile(own.file, 'utf8')).toBe(ownBefore);
    const authorized = (await on.inside('cat /home/researcher/.ssh/authorized_keys')).trim().split('\n');
    expect(authorized).toEqual([stranger, own.line]);
  });

  it('shows the generated sudo password before it is in force and in the summary, and sudo takes it and nothing else', async () => {
    expect(sudoPassword).toMatch(/^\S{20,}$/);
    expect(first.stderr.split(sudoPassword)).toHaveLength(2);
    expect(first.stdout.split(sudoPassword)).toHaveLength(2);
    expect((await asLimited('sudo -n id -u')).exitCode).not.toBe(0);
    expect((await asLimited(`echo ${sudoPassword} | sudo -S -p '' id -u`)).stdout).toBe('0');
  });

  it('case 38: opens the port that sshd really listens on, and not 22', async () => {
    const rules = await on.inside('ufw status');
    expect(rules).toMatch(/^2222\/tcp .*ALLOW/m);
    expect(rules).not.toMatch(/^22\/tcp/m);
  });

  it('run again without the sudo password, says how to give it', async () => {
    const output = await changesNothing(on, () => on.run(['init', '--yes'], { env }));
    expectFailure(on, output, {
      code: 1,
      says: ['asks researcher for a password', 'BROKER_SETUP_SUDO_PASSWORD'],
      secrets: [passphrase],
    });
  });

  it('run again with it, has nothing to do, and the JSON holds no secret', async () => {
    const second = await on.run(['init', '--yes', '--json'], {
      env: { ...env, BROKER_SETUP_SUDO_PASSWORD: sudoPassword },
    });
    expect(second.exitCode, second.stderr).toBe(0);
    const told = JSON.parse(second.stdout) as { ok: boolean; steps: { id: string; changes: unknown[] }[] };
    expect(told.ok).toBe(true);
    expect(told.steps).toHaveLength(steps.length);
    expect(told.steps.flatMap((step) => step.changes)).toEqual([]);
    expect(second.stdout + second.stderr).not.toContain(sudoPassword);
    const doctor = await on.run(['doctor'], { env: { ...env, BROKER_SETUP_SUDO_PASSWORD: sudoPassword } });
    expect(doctor.stdout, doctor.stderr).toContain('Everything is in place.');
  });

  it('a wrong passphrase is named, and is not shown', async () => {
    const wrong = { ...env, BROKER_SETUP_KEY_PASSPHRASE: 'wrong-passphrase' };
    const output = await on.run(['init', '--yes'], { env: wrong });
    expectFailure(on, output, {
      code: 1,
      says: [`The passphrase of ${own.file} is wrong`],
      secrets: ['wrong-passphrase'],
    });
  });
});
