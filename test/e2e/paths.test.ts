import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ground } from './ground.js';
import { setUp } from './snapshot.js';

let on: Ground;
beforeAll(async () => {
  on = await setUp('bookworm');
});
afterAll(() => on?.down());

const about = (path: string) => on.inside(`stat -c '%U %a' ${path}`).then((said) => said.trim());

describe('paths that somebody else than root controls', () => {
  it('case 184: /etc/mosquitto that belongs to the broker becomes root’s again', async () => {
    // As Ubuntu has /var/log: the logs of runs go on being written there.
    await on.inside(
      'chown -R mosquitto:mosquitto /etc/mosquitto; chmod -R g+w /etc/mosquitto; chgrp mail /var/log; chmod 0775 /var/log',
    );
    const { exitCode, stdout } = await on.run(['init', '--yes']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Let only root write the configuration')]);
    expect(
      await about('/etc/mosquitto /etc/mosquitto/conf.d /etc/mosquitto/certs /etc/mosquitto/mosquitto.conf'),
    ).toBe('root 755\nroot 755\nroot 755\nroot 644');
    expect(await about('/etc/mosquitto/passwd')).toBe('mosquitto 600');
    expect((await on.run(['doctor'])).stdout).toContain('Everything is in place.');
  });

  it('case 183: a password file on a data disk stays there', async () => {
    await on.inside(
      'install -d -o mosquitto /srv/data && mv /etc/mosquitto/passwd /srv/data/ && ln -s /srv/data/passwd /etc/mosquitto/passwd',
    );
    const { exitCode, stderr } = await on.run(['init', '--yes', '--set', 'device.name=another']);
    expect(exitCode, stderr).toBe(0);
    expect(await on.inside('readlink /etc/mosquitto/passwd; cut -d: -f1 /srv/data/passwd')).toBe(
      '/srv/data/passwd\ndevice-1\nanother\n',
    );
    expect(await about('/srv/data/passwd')).toBe('mosquitto 600');
  });

  it('case 300: a link that the broker has put into its folder gives it no file of root’s', async () => {
    await on.inside(
      'mv /etc/mosquitto/passwd /root/passwd.link; chown mosquitto /etc/mosquitto; setpriv --reuid=mosquitto --regid=mosquitto --init-groups ln -s /etc/shadow /etc/mosquitto/passwd',
    );
    const before = await on.inside('stat -c "%U %G %a" /etc/shadow; sha256sum /etc/shadow');
    const { exitCode, stdout, stderr } = await on.run(['init', '--yes']);
    expect([exitCode, stdout + stderr]).toEqual([
      1,
      expect.stringContaining('The accounts in /etc/shadow could not be read'),
    ]);
    expect(await on.inside('stat -c "%U %G %a" /etc/shadow; sha256sum /etc/shadow')).toBe(before);
    expect(await about('/etc/mosquitto')).toBe('root 755');
    await on.inside('mv -T /root/passwd.link /etc/mosquitto/passwd');
  });

  it('case 180: a link in the place of ~/.ssh stops init, and what it leads to stays as it was', async () => {
    await on.inside(
      'useradd -m ada && ln -s /etc/apt/apt.conf.d /home/ada/.ssh && chown -h ada /home/ada/.ssh',
    );
    const before = await on.inside('ls -la /etc/apt/apt.conf.d');
    const { exitCode, stdout, stderr } = await on.run([
      'init',
      '--yes',
      '--set',
      'user.name=ada',
      '--set',
      'login.user=researcher',
      '--set',
      `login.key=${on.home}/key`,
    ]);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain('/home/ada/.ssh is a symbolic link');
    expect(await on.inside('ls -la /etc/apt/apt.conf.d')).toBe(before);
  });
});
