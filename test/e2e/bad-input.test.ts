import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changesNothing, expectFailure, expectStillOpen, said, spoiled } from './before-after.js';
import { type Ground, ground, hostKeyOf } from './ground.js';

let on: Ground;
let hostKey: string;

beforeAll(async () => {
  on = await ground('bookworm');
  hostKey = await hostKeyOf(on);
});
afterAll(() => on?.down());

/** A run that is agreed to beforehand, on the server that is really meant. */
const init = (args: string[] = [], env: Record<string, string> = {}) =>
  on.run(['init', '--yes', '--host-key', hostKey, ...args], { env });

/** Logs in as ssh(1) does, with the password that root had from the beginning. */
async function rootWithPassword(): Promise<string> {
  const askpass = join(on.home, 'askpass');
  await writeFile(askpass, '#!/bin/sh\necho "$ROOT_PASSWORD"\n', { mode: 0o700 });
  const options = [
    `UserKnownHostsFile=${join(on.home, 'known_hosts')}`,
    'StrictHostKeyChecking=yes',
    'PubkeyAuthentication=no',
  ];
  const { stdout } = await execa(
    'ssh',
    [...options.flatMap((one) => ['-o', one]), `root@${on.server.address}`, 'echo still here'],
    {
      env: { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', ROOT_PASSWORD: on.server.rootPassword },
      reject: false,
    },
  );
  return stdout;
}

describe('settings, before anything is asked of the network', () => {
  it('names every missing setting at once', async () => {
    await writeFile(join(on.home, 'empty.yaml'), '');
    const output = await on.run(['init', '--config', 'empty.yaml', '--yes']);
    expectFailure(on, output, {
      code: 2,
      says: [
        'server is missing',
        'domain is missing',
        'certificate.agree_terms is missing',
        '--agree-terms',
        'as first argument',
      ],
    });
  });

  it.each([
    ['user.name=a b', 'user.name is "a b", but must be a user name'],
    ['user.name=$(reboot)', 'user.name is "$(reboot)", but must be a user name'],
    ['user.name=root', 'must not be an account that the system uses itself'],
    ['domain=mqtt.example.org\nreboot', 'domain is "mqtt.example.org\\u000areboot", but must be'],
    ["hostname='; reboot #", `hostname is "'; reboot #", but must be`],
    ['server=-oProxyCommand=reboot', 'server is "-oProxyCommand=reboot", but must be an address'],
    ['login.port=70000', 'login.port is 70000, but must be a number from 1 to 65535'],
    ['login.port=ssh', 'login.port is "ssh", but must be a number'],
    ['exposure=all', 'exposure is "all", but must be one of: encrypted, guide'],
    ['certificate.directory=http://ca.example.org', 'must be an https:// address'],
    ['certificate.email=nobody', 'certificate.email is "nobody", but must be an e-mail address'],
    ['device.name=a:b', 'device.name is "a:b", but must be'],
    ['usr.name=ada', '"usr.name" is no setting; did you mean user.name?'],
    ['user.name', '--set "user.name" must have the form PATH=VALUE'],
  ])('--set %j', async (pair, message) => {
    expectFailure(on, await init(['--set', pair]), { code: 2, says: [message] });
  });

  it('shows only the beginning of a value of 10 KB', async () => {
    const output = await init(['--set', `user.name=${'x'.repeat(10_000)}`]);
    expectFailure(on, output, {
      code: 2,
      says: ['user.name is "xxxxx', 'but must be a user name of at most 32'],
    });
    expect(output.stderr.length).toBeLessThan(1000);
  });

  it('never shows the value of something that looks like a secret', async () => {
    const output = await init(['--set', 'login.password=hunter2hunter2']);
    expectFailure(on, output, {
      code: 2,
      says: ['BROKER_SETUP_LOGIN_PASSWORD'],
      secrets: ['hunter2hunter2'],
    });
  });

  it('names file, line and column of broken YAML', async () => {
    await writeFile(join(on.home, 'broken.yaml'), 'server: 203.0.113.7\nuser:\n  name: "ada\n');
    const output = await on.run(['init', '--config', 'broken.yaml', '--yes']);
    expectFailure(on, output, {
      code: 2,
      says: ['broken.yaml is not valid YAML', /broken\.yaml, line [34], column \d+/],
    });
  });

  it('names a settings file that is not there', async () => {
    const output = await on.run(['init', '--config', 'nowhere.yaml', '--yes']);
    expectFailure(on, output, { code: 2, says: ['nowhere.yaml cannot be read: there is no such file'] });
  });

  it('names a bundle of roots that is not there, or none', async () => {
    const missing = await init(['--set', 'certificate.ca_bundle=/nowhere.pem']);
    expectFailure(on, missing, {
      code: 2,
      says: ['certificate.ca_bundle is "/nowhere.pem"', 'there is no such file'],
    });
    const other = await init(['--set', 'certificate.ca_bundle=broker.yaml']);
    expectFailure(on, other, { code: 2, says: ['it must be a PEM file'] });
  });
});

describe('the way to the server', () => {
  it('a port on which nothing listens', async () => {
    const output = await init(['--set', 'login.port=2299']);
    expectFailure(on, output, {
      code: 1,
      says: [`${on.server.address} port 2299 refused the connection`, 'check the port'],
    });
  });

  it('addresses and ports that never answer end the wait by themselves', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const started = performance.now();
    const nobody = on.server.address.replace(/\d+$/, '99');
    const [gone, mute] = await Promise.all([
      init(['--set', `server=${nobody}`]),
      init(['--set', 'server=127.0.0.1', `login.port=${port}`]),
    ]);
    expect(performance.now() - started).toBeLessThan(25_000);
    silent.close();
    expectFailure(on, gone, { code: 1, says: [nobody, /no route|did not answer/, 'Check the address'] });
    expectFailure(on, mute, { code: 1, says: [`127.0.0.1 port ${port}`, /SSH/] });
  });

  it('a name that is not in DNS', async () => {
    const output = await init(['--set', 'server=nowhere.invalid']);
    expectFailure(on, output, {
      code: 1,
      says: ['nowhere.invalid', /does not exist in DNS|could not be looked up/, 'address'],
    });
  });

  it('a port that belongs to a web server', async () => {
    const output = await spoiled(
      on,
      'systemd-run -q --unit=web python3 -m http.server 8099; sleep 1',
      'systemctl stop web',
      () => init(['--set', 'login.port=8099']),
    );
    expectFailure(on, output, { code: 1, says: [`${on.server.address} port 8099`, 'SSH server'] });
  });

  it('first contact without a terminal shows the fingerprint to compare', async () => {
    const output = await changesNothing(on, () => on.run(['init', '--yes']));
    expectFailure(on, output, {
      code: 1,
      says: ['is not known yet', hostKey, `--host-key ${hostKey}`, 'console'],
    });
  });

  it('a fingerprint that is another', async () => {
    const other = `SHA256:${'A'.repeat(43)}`;
    const output = await changesNothing(on, () => on.run(['init', '--yes', '--host-key', other]));
    expectFailure(on, output, { code: 1, says: [hostKey, `not ${other}`, 'somebody sits in between'] });
  });

  it('a wrong password', async () => {
    const output = await changesNothing(on, () =>
      init([], { BROKER_SETUP_LOGIN_PASSWORD: 'wrong-password-1' }),
    );
    expectFailure(on, output, {
      code: 1,
      says: ['refused the login of root with password', 'Check the user and the password'],
      secrets: ['wrong-password-1'],
    });
  });

  it('no key and no password', async () => {
    const output = await changesNothing(on, () => init([], { BROKER_SETUP_LOGIN_PASSWORD: '' }));
    expectFailure(on, output, {
      code: 1,
      says: ['refused the login of root', 'The server accepts:', 'a password'],
    });
  });

  it('the plan is shown but not agreed to', async () => {
    const output = await changesNothing(on, () => on.run(['init', '--host-key', hostKey]));
    expectFailure(on, output, {
      code: 2,
      says: ['The plan for', 'Make your user', /nothing (was|has been|is) changed/i, '--yes'],
    });
  });

  it('a host key that has changed', async () => {
    const spoil =
      'mkdir -p /root/kept && cp -p /etc/ssh/ssh_host_* /root/kept/ && rm /etc/ssh/ssh_host_* && ssh-keygen -qA && systemctl restart ssh';
    const mend = 'cp -p /root/kept/ssh_host_* /etc/ssh/ && systemctl restart ssh';
    const output = await spoiled(on, spoil, mend, () => changesNothing(on, () => on.run(['init', '--yes'])));
    expectFailure(on, output, {
      code: 1,
      says: [
        'is not the one this computer knows',
        'reinstalled',
        `ssh-keygen -R "${on.server.address}" -f "${join(on.home, 'known_hosts')}"`,
      ],
    });
    await expectStillOpen(on);
  });
});

describe('a server that is not fit, left exactly as it was', () => {
  const original = () => ({ a: [...on.server.records.a], aaaa: [...on.server.records.aaaa] });
  const pointTo = async (records: { a: string[]; aaaa: string[] }) => {
    await on.server.setDns(records);
    await sleep(300);
  };
  afterEach(() => pointTo(original()));

  it.each([
    [
      'Debian GNU/Linux 11 (bullseye)',
      'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11 (bullseye)"',
    ],
    [
      'Fedora Linux 41 (Server Edition)',
      'ID=fedora\nVERSION_ID=41\nPRETTY_NAME="Fedora Linux 41 (Server Edition)"',
    ],
  ])('%s', async (name, release) => {
    const spoil = `mkdir -p /root/kept && mv /etc/os-release /root/kept/ && printf '%s\\n' '${release}' >/etc/os-release`;
    const output = await spoiled(on, spoil, 'mv -f /root/kept/os-release /etc/os-release', () =>
      changesNothing(on, () => init()),
    );
    expectFailure(on, output, {
      code: 1,
      says: [
        name,
        'which broker-setup does not know',
        'Nothing was changed',
        'Debian 12 to 13 and Ubuntu 20.04 to 26.04',
      ],
    });
  });

  it('an A record that points elsewhere', async () => {
    await pointTo({ a: ['10.99.0.1'], aaaa: [] });
    const output = await changesNothing(on, () => init());
    expectFailure(on, output, {
      code: 1,
      says: [
        'Nothing was changed',
        `${on.server.domain} points to 10.99.0.1, but this server is`,
        `set the A record of ${on.server.domain} to ${on.server.address}`,
      ],
    });
  });

  it('an AAAA record that points elsewhere', async () => {
    await pointTo({ ...original(), aaaa: ['2001:db8::1'] });
    const output = await changesNothing(on, () => init());
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', 'AAAA record 2001:db8::1', 'Delete the AAAA record'],
    });
  });

  it('no A record', async () => {
    await pointTo({ a: [], aaaa: [] });
    const output = await changesNothing(on, () => init());
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', 'has no A record', `to ${on.server.address}`],
    });
  });

  it('a DNS server that does not answer', async () => {
    const output = await changesNothing(on, () => init(['--set', 'certificate.resolver=127.0.0.1:9']));
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', `DNS could not say where ${on.server.domain} points`],
    });
  });

  it('port 80 in use', async () => {
    const spoil = 'systemd-run -q --unit=website python3 -m http.server 80; sleep 1';
    const output = await spoiled(on, spoil, 'systemctl stop website', () => changesNothing(on, () => init()));
    expectFailure(on, output, {
      code: 1,
      says: [
        'Nothing was changed',
        'Port 80 of the server is used by python3',
        'systemctl disable --now website.service',
      ],
    });
  });

  it('hardly any room on the disk', async () => {
    const spoil = `mkdir -p /run/var && mount --bind /var /run/var && mount -t tmpfs -o size=40m tmpfs /var &&
cd /run/var && for name in *; do
  if [ -L "$name" ]; then cp -P "$name" /var/; else mkdir "/var/$name" && mount --bind "$name" "/var/$name"; fi
done`;
    const output = await spoiled(on, spoil, 'cd / && umount -R /var && umount /run/var', () =>
      changesNothing(on, () => init()),
    );
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', /nearly full: (39|40) MB are left/, 'run the same command again'],
    });
  });

  it('a login that may not use sudo, or whose sudo wants another password', async () => {
    const spoil = `useradd -m -s /bin/bash plain && useradd -m -s /bin/bash -G sudo admin
printf '%s\\n' plain:plain-password admin:admin-password | chpasswd`;
    await spoiled(on, spoil, 'userdel -rf plain; userdel -rf admin', async () => {
      const plain = {
        BROKER_SETUP_LOGIN_PASSWORD: 'plain-password',
        BROKER_SETUP_SUDO_PASSWORD: 'plain-password',
      };
      expectFailure(on, await changesNothing(on, () => init(['--set', 'login.user=plain'], plain)), {
        code: 1,
        says: ['plain may not use sudo', 'Log in as root or as a user with sudo'],
        secrets: ['plain-password'],
      });
      const admin = { BROKER_SETUP_LOGIN_PASSWORD: 'admin-password' };
      expectFailure(on, await changesNothing(on, () => init(['--set', 'login.user=admin'], admin)), {
        code: 1,
        says: ['asks admin for a password', 'BROKER_SETUP_SUDO_PASSWORD'],
        secrets: ['admin-password'],
      });
      const wrong = { ...admin, BROKER_SETUP_SUDO_PASSWORD: 'another-password' };
      expectFailure(on, await changesNothing(on, () => init(['--set', 'login.user=admin'], wrong)), {
        code: 1,
        says: ['did not accept the password of admin', 'tried only once'],
        secrets: ['admin-password', 'another-password'],
      });
    });
  });
});

describe('what goes wrong while it is done', () => {
  const sources = '/etc/apt/sources.list';

  // What --set said is kept in broker.yaml once the plan is agreed to.
  beforeEach(() => on.configure());

  it('the package mirror is down: the login stays as it was', async () => {
    const spoil = `mkdir -p /root/kept/apt && cp -a /etc/apt/sources.list* /root/kept/apt/ && rm -rf ${sources}.d/* &&
echo 'deb http://127.0.0.1:9/debian bookworm main' >${sources}`;
    const output = await spoiled(on, spoil, `rm ${sources}; cp -a /root/kept/apt/. /etc/apt/`, init);
    expectFailure(on, output, {
      code: 1,
      says: [
        'could not be fetched from the mirror',
        'Check that the server reaches the internet',
        /To go on: (npx )?broker-setup init/,
      ],
    });
    await expectStillOpen(on);
  });

  it('no room for the packages: the login stays as it was', async () => {
    const spoil =
      'mount -t tmpfs -o size=1m tmpfs /var/cache/apt/archives && mkdir -p /var/cache/apt/archives/partial';
    const output = await spoiled(on, spoil, 'umount /var/cache/apt/archives', init);
    expectFailure(on, output, {
      code: 1,
      says: ['Installing the packages failed', /enough free space/, /To go on: (npx )?broker-setup init/],
    });
    await expectStillOpen(on);
  });

  it('sshd settings of somebody else overrule ours: taken back, the login stays as it was, waits for a held package lock', async () => {
    const spoil = `printf '\\nMatch all\\n  PermitRootLogin yes\\n' >>/etc/ssh/sshd_config
systemd-run -q --unit=other python3 -c 'import fcntl, time
file = open("/var/lib/dpkg/lock-frontend", "w")
fcntl.lockf(file, fcntl.LOCK_EX)
time.sleep(8)'`;
    await spoiled(
      on,
      spoil,
      "sed -i -e '/^Match all$/,$d' /etc/ssh/sshd_config && systemctl restart ssh",
      async () => {
        const output = await init(['--verbose']);
        expectFailure(on, output, {
          code: 1,
          says: ['overrules the SSH settings PermitRootLogin', 'no Match block'],
        });
        expect(said(output)).toMatch(/Waiting for the package lock: process \d+ holds it \(\S*python3/);
        await on.inside(
          '[ ! -e /etc/ssh/sshd_config.d/00-broker-setup.conf ] && ! systemctl -q is-active broker-setup-guard.timer',
        );
        expect(await rootWithPassword()).toBe('still here');
      },
    );
  });

  it('the CA is not trusted', async () => {
    const other = join(on.home, 'other-ca.pem');
    await execa('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=other',
      '-days',
      '1',
      '-keyout',
      '/dev/null',
      '-out',
      other,
    ]);
    const output = await init(['--set', `certificate.ca_bundle=${other}`]);
    expectFailure(on, output, {
      code: 1,
      says: ['does not trust the certificate of the ACME directory', 'certificate.ca_bundle'],
    });
  });

  it('no CA answers at its address', async () => {
    const output = await init([
      '--set',
      `certificate.directory=${on.server.acme.directory.replace('14000', '14999')}`,
    ]);
    expectFailure(on, output, {
      code: 1,
      says: ['could not be reached from the server', 'certificate.directory'],
    });
  });

  it('the CA does not reach the server', async () => {
    const rule = (action: string) =>
      ['iptables', 'ip6tables']
        .map((one) => `${one} ${action} INPUT -p tcp --dport 80 -j REJECT`)
        .join(' && ');
    const output = await spoiled(on, rule('-I'), rule('-D'), init);
    expectFailure(on, output, {
      code: 1,
      says: [`did not reach this server as ${on.server.domain} on port 80`, 'Open port 80', 'security group'],
    });
  });

  it('the broker’s own files say the opposite: named, left alone', async () => {
    const spoil =
      "printf '%s\\n' '# mine' 'listener 8883' 'allow_anonymous true' >/etc/mosquitto/conf.d/mine.conf";
    const output = await spoiled(on, spoil, 'rm /etc/mosquitto/conf.d/mine.conf', () =>
      changesNothing(on, () => init()),
    );
    expectFailure(on, output, {
      code: 1,
      says: [
        'Nothing was changed',
        'Line 2 of /etc/mosquitto/conf.d/mine.conf says “listener 8883”',
        'Line 3',
        'Put a # at the beginning of that line',
      ],
    });
  });

  it('the broker does not come up: its files are as before', async () => {
    const mine = '/etc/mosquitto/conf.d/mine.conf';
    await spoiled(on, `echo 'nonsense yes' >${mine}`, `rm ${mine}`, async () => {
      const before = await on.inside('sha256sum /etc/mosquitto/conf.d/* /etc/mosquitto/mosquitto.conf');
      expectFailure(on, await init(), {
        code: 1,
        says: ['Mosquitto does not', 'mine.conf:1', 'correct it and run this again'],
      });
      expect(await on.inside('sha256sum /etc/mosquitto/conf.d/* /etc/mosquitto/mosquitto.conf')).toBe(before);
    });
  });

  it('once all is right, the same command ends well', async () => {
    const output = await init();
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout).toContain(`${on.server.domain} is ready`);
    expect((await on.run(['doctor'])).stdout).toContain('Everything is in place.');
  });
});
