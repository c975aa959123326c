import { afterAll, describe, expect, it } from 'vitest';
import { firstRun } from '../first-run.js';
import { laterOn } from '../later-on.js';

describe('init on a fresh trixie, hardening: strict', () => {
  const on = firstRun('trixie', 'strict');
  afterAll(() => on()?.down());

  laterOn('trixie', on);

  it('back to standard, nothing of strict is left', async () => {
    const back = await on().run(['init', '--yes', '--hardening', 'standard']);
    expect(back.exitCode, back.stderr).toBe(0);
    expect(back.stdout + back.stderr).toContain('Take away what “hardening: strict” has brought');
    const ours = "! grep -rlE 'broker-setup, hardening: strict|authorized users' /etc";
    await on().inside(`${ours} && [ ! -e /etc/profile.d/broker-setup.sh ] && [ "$(stat -c %a /etc/crontab)" = 644 ]
  ! grep -q 'shm.*noexec' /proc/mounts && [ -z "$(systemctl --failed --no-legend)" ]`);
    expect((await on().run(['doctor'])).stdout).toContain('Everything is in place.');
  });
});
