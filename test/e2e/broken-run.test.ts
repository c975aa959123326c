import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

describe('what goes wrong while it is done', () => {
  const sources = '/etc/apt/sources.list';

  // What --set said is kept in broker.yaml once the plan is agreed to.
  beforeEach(() => on.configure());

  it('the package lock is held, and the mirror is down: waits for the one, the login stays as it was', async () => {
    // The lock is held until the run has said that it waits, however long the run needs to get there.
    const spoil = `systemd-run -q --unit=other python3 -c 'import fcntl, glob, time
file = open("/var/lib/dpkg/lock-frontend", "w")
fcntl.lockf(file, fcntl.LOCK_EX)
said = lambda: any("package lock" in open(name).read() for name in glob.glob("/run/broker-setup/change/out"))
while not said(): time.sleep(0.5)' && mkdir -p /root/kept/apt && cp -a /etc/apt/sources.list* /root/kept/apt/ && rm -rf ${sources}.d/* &&
echo 'deb http://127.0.0.1:9/debian bookworm main' >${sources}`;
    const output = await spoiled(on, spoil, `rm ${sources}; cp -a /root/kept/apt/. /etc/apt/`, () =>
      init(['--verbose']),
    );
    expect(said(output)).toMatch(/Waiting for the package lock: process \d+ holds it \(\S*python3/);
    expectFailure(on, output, {
      code: 1,
      says: [
        'could not be fetched from the mirror',
        'Check that the server reaches the internet',
        /To go on:\s+(npx )?broker-setup init/,
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
      says: ['Installing the packages failed', /enough free space/, /To go on:\s+(npx )?broker-setup init/],
    });
    await expectStillOpen(on);
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

  it('case 226: a rule of the server itself keeps the CA out: named before the CA is asked', async () => {
    const rule = (action: string) =>
      ['iptables', 'ip6tables']
        .map((one) => `${one} ${action} INPUT -p tcp --dport 80 -j REJECT`)
        .join(' && ');
    const output = await spoiled(on, rule('-I'), rule('-D'), init);
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', '--dport 80 -j REJECT'],
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
