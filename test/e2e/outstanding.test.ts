import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoiled } from './before-after.js';
import { idsOf, reportOf } from './doctor/report-of.js';
import { type Ground, hostKeyOf, type Output } from './ground.js';
import { setUp } from './snapshot.js';

/** All that was printed, without the line breaks that belong to the width of the screen. */
const said = ({ stdout, stderr }: Output): string => `${stderr} ${stdout}`.replace(/\s+/g, ' ');

let on: Ground;
let hostKey: string;
beforeAll(async () => {
  on = await setUp('bookworm');
  hostKey = await hostKeyOf(on);
});
afterAll(() => on?.down());

const init = (device: string, env: Record<string, string> = {}, ...args: string[]) =>
  on.run(['init', '--yes', '--set', `device.name=${device}`, ...args], { env });
const doctor = async () => idsOf(reportOf(await on.run(['doctor', '--json', '--host-key', hostKey])));
const accounts = () => on.inside("sed 's/:.*//' /etc/mosquitto/passwd");
const PASSWORD = /Password of the device account \S+: (\S+)/;

const program = (path: string, script: string) =>
  `printf '#!/bin/sh\n${script}\n' >${path}; chmod 755 ${path}`;

describe('programs of the owner with the names of the distribution’s', () => {
  it('case 205: an own mosquitto_passwd and openssl in /usr/local are not taken', async () => {
    const spoil = ['mosquitto_passwd', 'openssl', 'python3']
      .map((name) => program(`/usr/local/bin/${name}`, 'exit 127'))
      .join('; ');
    const mend = 'rm /usr/local/bin/mosquitto_passwd /usr/local/bin/openssl /usr/local/bin/python3';
    await spoiled(on, spoil, mend, async () => {
      const made = await init('device-2');
      expect(made.exitCode, said(made)).toBe(0);
      await on.inside('PATH=/usr/local/bin:$PATH sh /etc/letsencrypt/renewal-hooks/deploy/broker-setup*');
      expect(await doctor()).toEqual([]);
    });
  });

  it('case 207: where no account was made, no password is shown', async () => {
    const spoil = `mv /usr/bin/mosquitto_passwd /root/; ${program('/usr/bin/mosquitto_passwd', 'exit 127')}`;
    const mend = 'mv /root/mosquitto_passwd /usr/bin/mosquitto_passwd';
    await spoiled(on, spoil, mend, async () => {
      const failed = await init('device-3');
      expect([failed.exitCode, PASSWORD.test(said(failed))], said(failed)).toEqual([1, false]);
    });
    expect(await accounts()).not.toContain('device-3');
    const made = await init('device-3');
    expect([made.exitCode, PASSWORD.test(said(made))], said(made)).toEqual([0, true]);
  });
});

describe('a proof that did not hold', () => {
  it('case 206: is made again by the next run, until it holds', async () => {
    // On the way to the server: rules of its own are found, and stop the run at once.
    const rule = (action: string) =>
      execFileSync('iptables', [
        ...[action, 'OUTPUT', '-d', on.server.address, '-p', 'tcp', '--dport', '8084'],
        ...['-j', 'REJECT', '--reject-with', 'tcp-reset'],
      ]);
    let password = '';
    rule('-I');
    try {
      const first = await init('device-4');
      expect(first.exitCode, said(first)).toBe(1);
      const second = await init('device-4');
      expect([second.exitCode, said(second)]).toEqual([1, expect.not.stringContaining('is ready')]);
      password = PASSWORD.exec(said(second))?.[1] ?? '';
      expect(await doctor()).toEqual(expect.arrayContaining(['conf-edits.unproved']));
    } finally {
      rule('-D');
    }
    const before = await accounts();
    const planned = await init('device-4', {}, '--dry-run');
    expect(said(planned)).toMatch(/device-4\s+another\s+password/);
    const kept = await init('device-4', { BROKER_SETUP_DEVICE_PASSWORD: password });
    expect(kept.exitCode, said(kept)).toBe(0);
    expect(said(kept)).toMatch(/device-4 sends itself a message/);
    expect(await accounts()).toBe(before);
    expect(await on.inside('ls /var/lib/broker-setup/unproved')).toBe('');
    expect(said(await init('device-4'))).toContain('Nothing to do');
  });

  it('case 206: so it is of a run that was killed between its change and its proofs, or that has nothing else to change', async () => {
    await on.inside(
      'mkdir -p -m 0700 /var/lib/broker-setup/unproved; echo 20261130-000000-0000 ports.open >/var/lib/broker-setup/unproved/conf-edits',
    );
    const reported = said(await on.run(['doctor', '--host-key', hostKey]));
    expect(reported).toMatch(/Ports 8883, 8084 answer/);
    expect(await doctor()).toEqual(['proofs.outstanding']);
    const made = await init('device-4');
    expect([made.exitCode, said(made)], said(made)).toEqual([
      0,
      expect.stringMatching(/Ports 8883, 8084 answer/),
    ]);
    expect(await doctor()).toEqual([]);
  });
});

describe('settings of the owner that refuse clients before their password is looked at', () => {
  const CONF = '/etc/mosquitto/conf.d/mine.conf';
  const added = (line: string): [string, string] => [
    `echo '${line}' >${CONF}; systemctl restart mosquitto`,
    `rm ${CONF}; systemctl restart mosquitto`,
  ];

  it('case 208: a limit of the keepalive does not make the proof of a new account fail', async () => {
    await spoiled(on, ...added('max_keepalive 30'), async () => {
      const made = await init('device-5');
      expect(made.exitCode, said(made)).toBe(0);
    });
  });

  it('case 209: a refusal that the right password meets as well is no evidence', async () => {
    await spoiled(on, ...added('clientid_prefixes mine-'), async () => {
      const found = await doctor();
      expect(found.filter((id) => id.startsWith('mqtt.'))).toHaveLength(4);
      const made = await init('device-6');
      expect([made.exitCode, said(made)]).toEqual([1, expect.stringContaining('not authorized')]);
    });
    expect((await init('device-6')).exitCode).toBe(0);
  });
});
