import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isServed, memoryOf, oversize, type Stranger, silent, wrongProtocol } from './attacks.js';
import type { Ground } from './ground.js';
import { guesser } from './guesser.js';
import { setUp } from './snapshot.js';

/** MB of memory that an idle Mosquitto may grow by. */
const LITTLE = 60;

describe('a stranger without an account', () => {
  let on: Ground;
  let stranger: Stranger;
  beforeAll(async () => {
    on = await setUp('bookworm');
    stranger = { from: (await guesser(on, 4)).address, to: on.server.records.a[0] ?? '' };
  });
  afterAll(() => on?.down());

  const memory = () => memoryOf(on, 'mosquitto.service');
  /** From another address than the stranger's. */
  const served = () => isServed({ to: on.server.address }, 8883);

  it('case 190: six announced packets of 200 MB take no memory, and are not read', async () => {
    const before = await memory();
    const sent = await Promise.all(Array.from({ length: 6 }, () => oversize(stranger, 8883)));
    expect(Math.max(...sent)).toBeLessThan(10_000_000);
    expect(await memory()).toBeLessThan(before + LITTLE);
    expect(await served()).toBe(true);
  });

  it('case 190: 1,100 silent connections keep nobody out', async () => {
    const { open, end } = await silent(stranger, 8883, 1100);
    try {
      expect(open()).toBeGreaterThan(1000);
      expect(await served()).toBe(true);
    } finally {
      end();
    }
  });

  it('case 192: a log that HTTP clients have filled is emptied while Mosquitto goes on writing', async () => {
    const log = '/var/log/mosquitto/mosquitto.log';
    const size = async () => Number(await on.inside(`stat -c %s ${log}`));
    const before = await size();
    await wrongProtocol(stranger, 8883, 2);
    expect(await size()).toBeGreaterThan(before);
    // As after some minutes.
    await on.inside(
      `truncate -s 60M ${log}; systemctl is-active broker-setup-log.timer; systemctl start broker-setup-log.service`,
    );
    expect(await size()).toBeLessThan(1_000_000);
    await wrongProtocol(stranger, 8883, 1);
    expect(await size()).toBeGreaterThan(0);
    expect(await on.inside(`stat -c %s ${log}.large`)).toMatch(/^2\d{6}$/m);
  });

  it('case 326: a broker that crashes five times in a row starts again', async () => {
    const pid = 'systemctl show -p MainPID --value mosquitto';
    const again = `pid=$(${pid}); kill -SEGV "$pid"; until [ "$(${pid})" != "$pid" ] && systemctl -q is-active mosquitto; do ! systemctl -q is-failed mosquitto || exit 1; sleep 0.2; done`;
    await on.inside(Array.from({ length: 6 }, () => again).join('\n'));
    expect(await served()).toBe(true);
  });

  it('case 193: 150 idle connections to the SSH server keep the operator in, during a guarded change as well', async () => {
    const { open, end } = await silent(stranger, 22, 150);
    try {
      expect(open()).toBeLessThanOrEqual(4);
      // A change of the step sshd-config, which is confirmed over a new login.
      await on.inside(
        'sed -i "s/^X11Forwarding.*/X11Forwarding yes/" /etc/ssh/sshd_config.d/00-broker-setup.conf',
      );
      const { exitCode, stdout, stderr } = await on.run(['init', '--yes']);
      expect(exitCode, stdout + stderr).toBe(0);
      expect(await on.inside('sshd -T | grep -i x11forwarding')).toContain('no');
    } finally {
      end();
    }
  });

  it('case 191: a larger limit of the owner stays, and is a warning', async () => {
    const own = '/etc/mosquitto/conf.d/zz-own.conf';
    await on.inside(`echo 'max_packet_size 6000000' >${own}`);
    const { exitCode, stderr } = await on.run(['init', '--yes']);
    expect(exitCode, stderr).toBe(0);
    expect(
      await on.inside(`grep -c max_packet_size /etc/mosquitto/conf.d/broker-setup.conf || true`),
    ).toMatch(/^0/);
    const doctor = await on.run(['doctor']);
    expect(doctor.stdout.replace(/\s+/g, ' ')).toContain('max_packet_size 6000000');
  });
});
