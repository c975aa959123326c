import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { changesNothing, expectFailure, spoiled } from './before-after.js';
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
    ['Ubuntu 27.04', 'ID=ubuntu\nVERSION_ID="27.04"\nPRETTY_NAME="Ubuntu 27.04"'],
  ])('case 22: nothing is touched on %s', async (name, release) => {
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

  it('case 48: an AAAA record that points elsewhere', async () => {
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

  it('case 53: port 80 in use', async () => {
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
    const spoil = `mkdir -p /run/var && mount --bind /var /run/var && mount --make-private /run/var && mount -t tmpfs -o size=40m tmpfs /var &&
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

  it('case 293: a rule of sudo behind ours that asks for a password', async () => {
    const policy = '/etc/sudoers.d/99-policy';
    const spoil = `mkdir -p /etc/sudoers.d && echo '%sudo ALL=(ALL:ALL) ALL' >${policy} && chmod 0440 ${policy}`;
    const output = await spoiled(on, spoil, `rm ${policy}`, () => changesNothing(on, () => init()));
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', `line 1 of ${policy} (“%sudo ALL=(ALL:ALL) ALL”)`, 'NOPASSWD:'],
    });
  });

  it('case 3: a login that may not use sudo, or whose sudo wants another password', async () => {
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
