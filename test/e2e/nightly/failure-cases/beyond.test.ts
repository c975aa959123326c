import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectFailure, said, spoiled } from '../../before-after.js';
import { idsOf, reportOf } from '../../doctor/report-of.js';
import { type Ground, ground, hostKeyOf, type Output } from '../../ground.js';
import { REFUSED } from './refused.js';

/** One server for the whole file: first fresh, and spoiled in many ways; then set up under bad conditions; then spoiled again. */
let on: Ground;
let hostKey: string;

beforeAll(async () => {
  on = await ground('bookworm');
  hostKey = await hostKeyOf(on);
});
afterAll(() => on?.down());

const init = (...args: string[]) => on.run(['init', '--host-key', hostKey, ...args]);
const planned = () => init('--dry-run');

describe('what a plan says before anything is changed', () => {
  it('case 101: a second administrator who would be shut out is named', async () => {
    const spoil = `useradd -m -s /bin/bash eve; echo eve:secret-of-eve | chpasswd
useradd -m -s /bin/bash bob; mkdir -p /home/bob/.ssh /root/.ssh /root/kept; cd /root/kept
ssh-keygen -q -t ed25519 -N '' -C bobs-key -f b; ssh-keygen -q -t ecdsa -N '' -C the-other-admin -f o
cp b.pub /home/bob/.ssh/authorized_keys; cp o.pub /root/.ssh/authorized_keys`;
    const output = await spoiled(
      on,
      spoil,
      'userdel -rf eve; userdel -rf bob; rm -r /root/.ssh /root/kept',
      planned,
    );
    expect(output.exitCode).toBe(0);
    expect(said(output)).toContain('get in no more: root with the key the-other-admin; eve with a password.');
    expect(said(output)).not.toContain('bobs-key');
  });
});

describe('what only a person can put right, before anything is changed', () => {
  it.each(REFUSED)('%s', async (_, [spoil, mend], says) => {
    const output = await spoiled(on, spoil, mend, () => init('--yes'));
    expectFailure(on, output, { code: 1, says });
    expect(await on.inside('ls -d /var/log/broker-setup 2>/dev/null || true')).toBe('');
  });
});

describe('packages', () => {
  const SOURCES = '/etc/apt/sources.list';
  const list = (sed: string): [string, string] => [
    `cp -p ${SOURCES} /root/sources; sed -i '${sed}' ${SOURCES}`,
    `mv /root/sources ${SOURCES}`,
  ];
  const FAILED: [title: string, spoil: readonly [string, string], says: string[]][] = [
    [
      'case 106: the server cannot look up names',
      [
        'cp /etc/resolv.conf /root/resolv; echo nameserver 127.0.0.9 >/etc/resolv.conf',
        'cat /root/resolv >/etc/resolv.conf',
      ],
      ['cannot look up names (DNS)', '/etc/resolv.conf'],
    ],
    [
      'case 106: the mirror has given the release up',
      list('s/bookworm/bookworm-gone/'),
      ['does not have the package lists of this release', 'needs a new server'],
    ],
    [
      'case 106: the key of the archive is missing',
      list('s|^deb |deb [signed-by=/root/no-key.gpg] |'),
      ['signature of the package lists could not be verified', 'debian-archive-keyring'],
    ],
    [
      'case 106: a file with package sources cannot be read',
      ['echo dbe nonsense >/etc/apt/sources.list.d/n.list', 'rm /etc/apt/sources.list.d/n.list'],
      ['apt cannot read one of the files', 'n.list'],
    ],
    [
      'case 145: apt goes through a proxy that is gone',
      [
        `echo 'Acquire::http::Proxy "http://me:secret@127.0.0.1:9/";' >/etc/apt/apt.conf.d/00proxy`,
        'rm /etc/apt/apt.conf.d/00proxy',
      ],
      ['goes through a proxy that was not reached: http://127.0.0.1:9/', 'grep -rin proxy'],
    ],
    [
      'case 144: apt has no package to install, because of preferences or a source that is not named',
      [
        `printf 'Package: certbot\\nPin: release *\\nPin-Priority: -1\\n' >/etc/apt/preferences.d/own`,
        'rm /etc/apt/preferences.d/own',
      ],
      ['apt finds no package to install for: certbot.', 'add-apt-repository universe', 'apt policy NAME'],
    ],
  ];
  it.each(FAILED)('%s', async (_, [spoil, mend], says) => {
    expectFailure(on, await spoiled(on, spoil, mend, () => init('--yes')), { code: 1, says });
  });

  it('case 108: no software of others is removed to make room', async () => {
    await on.inside(
      'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install iptables-persistent && systemctl disable --now netfilter-persistent',
    );
    const output = await init('--yes');
    expectFailure(on, output, {
      code: 1,
      says: ['apt would remove other software: iptables-persistent netfilter-persistent'],
    });
    await on.inside('dpkg -s iptables-persistent | grep -q "^Status: install ok installed"');
    await on.inside('apt-get -q -y purge iptables-persistent netfilter-persistent');
  });
});

describe('a set-up under conditions that are all bad', () => {
  let output: Output;
  beforeAll(async () => {
    const { address, records, domain } = on.server;
    const [six = ''] = records.aaaa;
    // The address for the rehearsal's DNS, authority and mirror stays, but not as one that the world would reach.
    await on.inside(`ip addr del ${address}/24 dev eth0; ip addr add ${address}/24 scope link dev eth0
ip route add default via ${address.replace(/\d+$/, '1')} src ${address}`);
    await on.server.setDns({ a: [], aaaa: [six] });
    await sleep(300);
    await on.inside(`mount -o remount,noexec /tmp
sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 60/' /etc/login.defs
echo 'deb http://no-such-host.rehearsal stable main' >/etc/apt/sources.list.d/theirs.list
useradd -m -s /bin/bash carol; mkdir -p /root/kept; cd /root/kept; for name in ca carol; do ssh-keygen -q -t ed25519 -N '' -f $name; done
ssh-keygen -q -s ca -I carol -n carol carol.pub; ssh-keygen -q -s ca -I host -h -n localhost /etc/ssh/ssh_host_ed25519_key.pub
cp ca.pub /etc/ssh/users.pub; echo "@cert-authority localhost $(cat ca.pub)" >hosts
printf 'TrustedUserCAKeys /etc/ssh/users.pub\\nHostCertificate /etc/ssh/ssh_host_ed25519_key-cert.pub\\n' >/etc/ssh/sshd_config.d/10-ca.conf
apt-mark hold openssl; sed -i '/^Package: openssl$/,/^$/s/^Version: .*/Version: 3.0.0-1/' /var/lib/dpkg/status
echo 'head -c 300000 /dev/zero | tr "\\0" x' >>/root/.bashrc
apt-get -q -y purge iproute2 ifupdown isc-dhcp-client`);
    await on.configure({ server: six, login: { user: 'root', port: 22 } });
    expect(domain).toBe('mqtt.rehearsal.test');
    output = await init('--yes');
  });
  afterAll(() => on?.inside('mount -o remount,exec /tmp'));

  it('case 113: a server that has IPv6 alone is set up and proved over it', () => {
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout).toContain('device-1 sends itself a message');
    expect(output.stdout).toContain('Port 80 lets the certificate authority through');
  });

  it('case 105: a source of other software that is gone stops nothing, and is told', () => {
    expect(output.stdout.replace(/\s+/g, ' ')).toContain(
      'Package sources of other software did not answer: http://no-such-host.rehearsal stable.',
    );
  });

  it('case 143: a package on hold stays as it is, though it is one of those that are needed', async () => {
    expect(await on.inside(`dpkg-query -W -f '\${Version}' openssl`)).toBe('3.0.0-1');
    await on.inside('apt-mark unhold openssl');
  });

  it('case 148: who logs in by a certificate still gets in, and still knows the server by one', async () => {
    const ssh = 'ssh -i carol -o UserKnownHostsFile=/root/kept/hosts -o StrictHostKeyChecking=yes';
    expect(await on.inside(`cd /root/kept; ${ssh} carol@localhost echo in`)).toContain('in\n');
  });

  it('case 116: packages are installed though nothing may be run in /tmp', async () => {
    await on.inside('findmnt -no OPTIONS /tmp | grep -q noexec && dpkg --audit && [ -z "$(dpkg --audit)" ]');
  });

  it('case 119: what the smallest images lack is installed first', async () => {
    await on.inside('command -v ss');
  });

  it('case 102: the account does not run out with the passwords of the server', async () => {
    expect(await on.inside('getent shadow researcher | cut -d: -f5')).toMatch(/^(-1)?\n$/);
  });

  it('case 102: one that would run out is found before it does, and mended', async () => {
    await on.inside('chage -M 60 researcher');
    const report = reportOf(await on.run(['doctor', '--json']));
    expect(idsOf(report)).toContain('user.expiry');
    expect((await init('--yes')).exitCode).toBe(0);
    expect(await on.inside('getent shadow researcher | cut -d: -f5')).toMatch(/^(-1)?\n$/);
  });

  it('case 102: one that has run out is told from a wrong key, with the way back', async () => {
    const spoil = 'chage -M 60 -d 2020-01-01 researcher';
    const told = await spoiled(on, spoil, 'chage -d -1 -M -1 researcher', () => on.run(['doctor']));
    expect(told.stdout.replace(/\s+/g, ' ')).toContain('The password of researcher on');
    expect(told.stdout.replace(/\s+/g, ' ')).toContain('chage -d -1 -M -1 researcher');
    expect((await on.run(['doctor'])).exitCode).toBe(0);
  });

  it('case 141: an account that the owner’s rules keep from the topic of the test is made all the same', async () => {
    await on.inside(`printf 'user device-1\\ntopic readwrite lab/#\\n' >/etc/mosquitto/acl
echo 'acl_file /etc/mosquitto/acl' >/etc/mosquitto/conf.d/own.conf
mkdir /home/carol/mqtt; chown mosquitto: /home/carol/mqtt; chmod a+x /home/carol
sed -i 's|^persistence_location.*|persistence_location /home/carol/mqtt/|' /etc/mosquitto/mosquitto.conf; systemctl restart mosquitto`);
    const output = await init('--yes', '--set', 'device.name=device-2');
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout.replace(/\s+/g, ' ')).toContain(
      'device-2 gets in with its password, but rules for topics',
    );
  });

  it('case 150: a folder of the owner’s into which the broker writes stays open in its sandbox', async () => {
    await on.inside('systemctl restart mosquitto; test -s /home/carol/mqtt/mosquitto.db');
  });

  it('case 157: the disk becomes full in the middle of a run, which changes nothing then, and goes on once there is room', async () => {
    await on.inside('ufw delete allow 8084/tcp');
    const rules = await on.inside('ufw show added');
    const folder = '/var/lib/broker-setup';
    const spoil = `mount -t tmpfs -o size=16k tmpfs ${folder}`;
    const output = await spoiled(on, spoil, `umount ${folder}`, () => init('--yes'));
    expectFailure(on, output, { code: 1, says: ['The disk of the server is full', 'sudo du -xh /'] });
    expect(await on.inside('ufw show added')).toBe(rules);
    const again = await init('--yes');
    expect(again.exitCode, again.stderr).toBe(0);
  });
});
