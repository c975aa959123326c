import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesNothing, expectFailure, said } from './before-after.js';
import { type Ground, hostKeyOf, type Output } from './ground.js';
import { makeKey, resident, residentRun } from './resident.js';
import { packaged } from './snapshot.js';

const NO_PASSWORD = { BROKER_SETUP_LOGIN_PASSWORD: '' };

describe('a server as cloud images bring it, with socket-activated sshd', () => {
  let on: Ground;
  let hostKey: string;
  let opening: { file: string; line: string };

  beforeAll(async () => {
    on = await packaged('bookworm');
    hostKey = await hostKeyOf(on);
    opening = await makeKey(on, 'opening');
    const locked = await makeKey(on, 'locked', { passphrase: 'open sesame' });
    // Images wait for ten seconds; whoever waited here would not end in time.
    const forced = `no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command="echo 'Please login as the user \\"debian\\" rather than the user \\"root\\".';echo;sleep 900;exit 142"`;
    await on.inside(`for user in debian jumper admin; do
  useradd -m -s /bin/bash "$user" && install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
  printf '%s\\n' '${opening.line}' '${locked.line}' >"/home/$user/.ssh/authorized_keys" && chown "$user:" "/home/$user/.ssh/authorized_keys"
done
echo 'debian ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-cloud-init-users
usermod -aG sudo admin && echo 'admin:admin-password' | chpasswd
install -d -m 700 /root/.ssh
cat >/root/.ssh/authorized_keys <<'END'
${forced} ${opening.line}
END
systemctl disable -q --now ssh.service && systemctl enable -q --now ssh.socket`);
    await mkdir(join(on.home, '.ssh'), { mode: 0o700 });
  });
  afterAll(() => on?.down());

  /** A dry run, which sees everything and must change nothing. */
  const look = async (changes: object, env: Record<string, string> = NO_PASSWORD): Promise<Output> => {
    await on.configure(changes);
    const output = await changesNothing(on, () =>
      on.run(['init', '--dry-run', '--host-key', hostKey], { env }),
    );
    expect(output.exitCode, output.stderr).toBe(0);
    expect(said(output)).toContain('This was a dry run: nothing was changed.');
    return output;
  };

  it('case 1: root’s key leads to the user that the image names, without waiting as long as root would', async () => {
    await on.configure({ login: { user: 'root', key: opening.file } });
    const output = await on.run(['init', '--dry-run', '--host-key', hostKey], { env: NO_PASSWORD });
    expect(output.exitCode, output.stderr).toBe(0);
  });

  it('a user with sudo without a password', async () => {
    await look({ login: { user: 'debian', key: opening.file } });
  });

  it('a key with a passphrase', async () => {
    await look(
      { login: { user: 'debian', key: join(on.home, 'locked') } },
      { ...NO_PASSWORD, BROKER_SETUP_KEY_PASSPHRASE: 'open sesame' },
    );
    const without = await on.run(['init', '--dry-run'], { env: NO_PASSWORD });
    expectFailure(on, without, {
      code: 1,
      says: ['protected by a passphrase that was not given', 'BROKER_SETUP_KEY_PASSPHRASE'],
    });
  });

  it('case 3: a user with passwords for login and sudo', async () => {
    const env = {
      BROKER_SETUP_LOGIN_PASSWORD: 'admin-password',
      BROKER_SETUP_SUDO_PASSWORD: 'admin-password',
    };
    const output = await look({ login: { user: 'admin' } }, env);
    expect(output.stdout + output.stderr).not.toContain('admin-password');
  });

  it('case 9: login shells of other kinds', async () => {
    await on.inside(
      'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends fish csh >/dev/null 2>&1',
    );
    for (const shell of ['fish', 'csh']) {
      await on.inside(`chsh -s "$(command -v ${shell})" debian`);
      await on.configure({ login: { user: 'debian', key: opening.file } });
      const output = await on.run(['init', '--dry-run'], { env: NO_PASSWORD });
      expect(output.exitCode, `${shell}: ${output.stderr}`).toBe(0);
    }
    await on.inside('chsh -s /bin/bash debian');
  });

  it('shows each file as it would become, and nothing but JSON on stdout with --json', async () => {
    const output = await look({ login: { user: 'debian', key: opening.file } });
    expect(output.stderr).toContain('/etc/ssh/sshd_config.d/00-broker-setup.conf');
    expect(output.stderr).toMatch(/^ *\+PermitRootLogin no$/m);
    const json = await on.run(['init', '--dry-run', '--json'], { env: NO_PASSWORD });
    const told = JSON.parse(json.stdout) as {
      version: number;
      steps: { id: string; findings: { id: string }[] }[];
    };
    expect(told.version).toBe(1);
    expect(told.steps.flatMap((step) => step.findings.map((one) => one.id))).toContain('sshd-config.drop-in');
  });

  it('case 7: a name from ~/.ssh/config, and one behind a jump host', async () => {
    const { address } = on.server;
    await writeFile(
      join(on.home, '.ssh/config'),
      `Host cloud\n  HostName ${address}\n  User debian\n  IdentityFile ${opening.file}\n\n` +
        `Host jump\n  HostName ${address}\n  User jumper\n  IdentityFile ${opening.file}\n\n` +
        `Host inner\n  HostName 127.0.0.1\n  HostKeyAlias inner\n  User debian\n  IdentityFile ${opening.file}\n  ProxyJump jump\n`,
      { mode: 0o600 },
    );
    await on.configure({ server: 'cloud', login: {} });
    const alias = await changesNothing(on, () =>
      residentRun(on, ['init', '--dry-run', '--host-key', hostKey]),
    );
    expect(alias.exitCode, alias.stderr).toBe(0);
    expect(await readFile(join(on.home, '.ssh/known_hosts'), 'utf8')).toContain(`${address} ssh-ed25519 `);
    await on.configure({ server: 'inner', login: {} });
    const inner = await changesNothing(on, () =>
      residentRun(on, ['init', '--dry-run', '--host-key', hostKey]),
    );
    expect(inner.exitCode, inner.stderr).toBe(0);
    expect(said(inner)).toContain('The plan for inner');
  });

  it('an own key of a type that the hardened server refuses is named before anything changes', async () => {
    const { file } = await makeKey(on, 'curve', { type: 'ecdsa' });
    await on.configure({ login: { user: 'debian', key: opening.file }, key: { file } });
    const output = await changesNothing(on, () => on.run(['init', '--yes'], { env: NO_PASSWORD }));
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', file, 'ecdsa-sha2-nistp256', 'key.file'],
    });
  });

  describe('the whole run, with the ports of the guide', () => {
    let run: Output;
    let password: string;

    beforeAll(async () => {
      await on.configure({
        server: 'cloud',
        login: {},
        key: { file: on.key, alias: 'broker' },
        exposure: 'guide',
      });
      run = await residentRun(on, ['init', '--yes']);
      password = /Password of the device account \S+: (\S+)/.exec(run.stdout)?.[1] ?? '';
    });

    it('ends well and says what open ports mean', () => {
      expect(run.exitCode, run.stderr).toBe(0);
      expect(run.stdout).toContain('is ready');
      expect(run.stdout + run.stderr).toMatch(/unencrypted/i);
    });

    it('adds the entry to ~/.ssh/config, in front of what is there', async () => {
      expect(await readFile(join(on.home, '.ssh/config'), 'utf8')).toMatch(
        /^Host broker\n[\s\S]*Host cloud\n/,
      );
      const there = await resident(on, ['ssh', '-o', 'BatchMode=yes', 'broker', 'sudo -n id -un']);
      expect(there.stdout, there.stderr).toBe('root');
    });

    it('cases 28, 29: leaves sshd with its socket, and shuts what opened it first', async () => {
      await on.inside('systemctl -q is-active ssh.socket && ! systemctl -q is-failed ssh.socket ssh.service');
      await on.inside(
        'sshd -T | grep -qx "permitrootlogin no" && sshd -T | grep -qx "passwordauthentication no"',
      );
      expect(await on.inside('ls /etc/ssh/sshd_config.d')).toContain('50-cloud-init.conf');
    });

    it.each([
      ['mqtt', 1883, ''],
      ['ws', 8083, '/mqtt'],
    ])('lets a device in over %s on %i with its account only', async (protocol, port, path) => {
      const url = `${protocol}://${on.server.address}:${port}${path}`;
      const door = { reconnectPeriod: 0, connectTimeout: 10_000 };
      const device = await connectAsync(url, { ...door, username: 'device-1', password });
      await device.endAsync();
      await expect(connectAsync(url, door)).rejects.toThrow(/not authorized/i);
    });

    it('opens the whole list of the guide', async () => {
      const rules = await on.inside('ufw status');
      for (const port of [22, 80, 443, 1883, 8883, 8083, 8084, 8081, 18083, 18084]) {
        expect(rules).toMatch(new RegExp(`^${port}/tcp .*ALLOW`, 'm'));
      }
    });

    it('has nothing to do afterwards', async () => {
      const second = await residentRun(on, ['init', '--yes']);
      expect(second.stdout, second.stderr).toContain('Nothing to do');
    });
  });
});
