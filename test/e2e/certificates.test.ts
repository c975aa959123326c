import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { said, spoiled } from './before-after.js';
import { idsOf, reportOf } from './doctor/report-of.js';
import { type Ground, hostKeyOf } from './ground.js';
import { renew } from './outside.js';
import { refusingAcme } from './refusing-acme.js';
import { setUp } from './snapshot.js';

let on: Ground;
let hostKey: string;
beforeAll(async () => {
  on = await setUp('bookworm', { renews: true });
  hostKey = await hostKeyOf(on);
});
afterAll(() => on?.down());

const doctor = async (...args: string[]) =>
  idsOf(reportOf(await on.run(['doctor', '--json', '--host-key', hostKey, ...args])));

describe('a certificate on a server that was set up', () => {
  it('case 49: the renewal is rehearsed as the timer makes it, and fails where port 80 is closed again', async () => {
    expect(await doctor('--renewal')).toEqual([]);
    const close = 'ufw delete allow 80/tcp';
    const found = await spoiled(on, close, "ufw allow 80/tcp comment 'broker-setup: renewals'", () =>
      doctor('--renewal'),
    );
    expect(found).toEqual(expect.arrayContaining(['certificate.dry-run', 'ports.renewals', 'ufw.rules']));
    expect(await on.run(['doctor', '--fix', '--yes'])).toMatchObject({ exitCode: 0 });
  });

  it('case 49: what only the timer’s surroundings lack is found by the rehearsal', async () => {
    const unset = '/run/systemd/system/certbot.service.d/zz.conf';
    const spoil = `mkdir -p "$(dirname ${unset})"; printf '[Service]\\nEnvironment=REQUESTS_CA_BUNDLE=/nowhere.pem\\n' >${unset}; systemctl daemon-reload`;
    expect(
      await spoiled(on, spoil, `rm ${unset}; systemctl daemon-reload`, () => doctor('--renewal')),
    ).toEqual(['certificate.dry-run']);
  });

  it('case 51: the hook fails at a renewal, certbot calls it a success, and doctor tells and mends it', async () => {
    const folder = '/etc/mosquitto/certs';
    await spoiled(on, `mount --bind -o ro ${folder} ${folder}`, `umount ${folder}`, () => renew(on));
    expect(await doctor()).toEqual(
      expect.arrayContaining(['conf-edits.certificate', 'fingerprint.served', 'renewal-hook.proved']),
    );
    expect(await on.run(['doctor', '--fix', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await doctor()).toEqual([]);
  });

  it('case 58: the broker may not read its key and no longer starts: found, and mended', async () => {
    await on.inside('chmod 0600 /etc/mosquitto/certs/privkey.pem; systemctl restart mosquitto || true');
    expect(await doctor()).toEqual(
      expect.arrayContaining(['conf-edits.certificate', 'conf-edits.restart', 'ports.open']),
    );
    const fixed = await on.run(['doctor', '--fix', '--yes']);
    expect(fixed.exitCode, fixed.stderr).toBe(0);
    expect(await doctor()).toEqual([]);
  });

  it('case 128: another domain: the plan says which devices the new certificate shuts out', async () => {
    const plan = await on.run(['init', '--dry-run', '--set', 'domain=other.rehearsal.test']);
    expect(said(plan)).toContain(
      'It takes the place of that of mqtt.rehearsal.test: devices that connect to mqtt.rehearsal.test,',
    );
  });
});

describe('a server that does not know its public address', () => {
  // What a provider does with a public address of its own: here, on the way from this computer.
  const address = () => on.server.address.replace(/^10\.213\.(\d+)\.\d+$/, '198.51.100.$1');
  const translation = () => [
    'OUTPUT',
    '-d',
    address(),
    '-m',
    'comment',
    '--comment',
    'case 66',
    '-j',
    'DNAT',
    '--to-destination',
    on.server.address,
  ];
  const original = () => ({ a: [...on.server.records.a], aaaa: [...on.server.records.aaaa] });
  let records: ReturnType<typeof original>;
  beforeAll(async () => {
    records = original();
    await execa('iptables', ['-w', '-t', 'nat', '-I', ...translation()]);
    await on.server.setDns({ a: [address()], aaaa: [] });
  });
  afterAll(async () => {
    await execa('iptables', ['-w', '-t', 'nat', '-D', ...translation()]);
    await on.server.setDns(records);
  });

  it('case 66: reached by it: all is in place, and the renewal works', async () => {
    expect(await doctor('--renewal', '--set', `server=${address()}`)).toEqual([]);
  });

  it('case 66: reached by another way: that DNS names an address that it does not know is a warning', async () => {
    expect(await doctor()).toEqual(['certbot.dns-a']);
    const plan = await on.run(['init', '--dry-run']);
    expect(plan.exitCode, plan.stderr).toBe(0);
  });
});

describe('the authority refuses', () => {
  it.each([
    [
      'case 52: because it was asked too often: it is asked once, and until when to wait is said',
      'rateLimited',
      ['refuses for now, because it was asked too often', 'Wait until 2031-01-02 03:04:05 UTC'],
    ],
    [
      'case 173: because it has lost the account: what to delete is said',
      'accountDoesNotExist',
      ['does not know the account of this server', 'sudo rm -r /etc/letsencrypt/accounts/10.'],
    ],
  ] as const)('%s', async (_, refusal, words) => {
    const acme = await refusingAcme(on, refusal);
    try {
      const output = await on.run(['init', '--yes', ...acme.set]);
      expect(output.exitCode).toBe(1);
      for (const part of words) expect(said(output)).toContain(part);
      expect(acme.orders()).toBe(1);
    } finally {
      acme.close();
      // The program keeps the settings that it was given.
      await on.configure();
    }
    const back = await on.run(['init', '--yes']);
    expect(back.exitCode, back.stderr).toBe(0);
  });
});

describe('devices that know RSA only', () => {
  it('case 57: are refused with an ECDSA certificate, and served after certificate.key_type is rsa', async () => {
    const old = `openssl s_client -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256 -connect 127.0.0.1:8883 -servername ${on.server.domain} </dev/null >/dev/null 2>&1 && echo served || echo refused`;
    expect((await on.inside(old)).trim()).toBe('refused');
    const rsa = await on.run(['init', '--yes', '--set', 'certificate.key_type=rsa']);
    expect(rsa.exitCode, rsa.stderr).toBe(0);
    expect((await on.inside(old)).trim()).toBe('served');
  });
});
