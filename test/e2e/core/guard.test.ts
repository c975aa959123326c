import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Breakpoint, breakpoint } from '../../faults/breakpoint.js';
import { END_LIMIT, RESTORE_LIMIT } from '../../faults/case.js';
import { isGuarded, restored, waysIn } from '../../faults/way-in.js';
import { expectFailure, rootWithPassword, said, spoiled } from '../before-after.js';
import { type Ground, hostKeyOf, type Started } from '../ground.js';
import { packaged } from '../snapshot.js';

/** As a tool that looks after the settings would do it: where ours have come, at its next start sshd lets nobody in. */
const SSHD_TRAP = `cat >/usr/local/sbin/trap <<'END'
#!/bin/sh
if [ -e /etc/ssh/sshd_config.d/00-broker-setup.conf ]; then echo 'AllowUsers nobody' >/etc/ssh/sshd_config.d/01-trap.conf; fi
END
chmod 755 /usr/local/sbin/trap
mkdir -p /etc/systemd/system/ssh.service.d
printf '%s\\n' '[Service]' 'ExecStartPre=' 'ExecStartPre=/usr/local/sbin/trap' 'ExecStartPre=/usr/sbin/sshd -t' >/etc/systemd/system/ssh.service.d/trap.conf
systemctl daemon-reload`;
const SSHD_MEND =
  'rm /usr/local/sbin/trap; rm -r /etc/systemd/system/ssh.service.d; systemctl daemon-reload; systemctl restart ssh';

/** A rule for a firewall that was never on: before all others, so that connections that are there break as well. */
const UFW_TRAP = `sed -i 's/^# End required lines$/&\\n-A ufw-before-input -p tcp --dport 22 -j DROP/' /etc/ufw/before.rules
grep -q 'dport 22' /etc/ufw/before.rules`;
const UFW_MEND = "sed -i '/--dport 22 -j DROP/d' /etc/ufw/before.rules";

/** Where the program itself sees that it has cut the way in, nobody waits for the timer, in seconds. */
const AT_ONCE = 30;

describe('a change that really cuts the way in', () => {
  let on: Ground;
  let stops: Breakpoint;
  let init: () => Started;

  beforeAll(async () => {
    on = await packaged('bookworm');
    stops = await breakpoint(on.server.name);
    const hostKey = await hostKeyOf(on);
    init = () => on.start(['init', '--yes', '--host-key', hostKey]);
  });
  afterAll(() => on?.down());

  /** A run that has just made this change, which it does not know yet. */
  async function done(change: string): Promise<Started> {
    await stops.set({ change, position: 'after' });
    const run = init();
    expect((await stops.reached(run))?.where).toBe('after');
    await stops.clear();
    return run;
  }

  /** @returns the seconds until the server had taken the change back */
  async function restoring(since: number, what: string): Promise<number> {
    const seconds = (await restored(on, since, RESTORE_LIMIT)) ?? Number.POSITIVE_INFINITY;
    console.log(`${what}: restored after ${seconds.toFixed(1)} s`);
    return seconds;
  }

  it('case 37: sshd lets nobody in, the program is killed: the server takes it back', async () => {
    await on.inside(SSHD_TRAP);
    const run = await done('sshd-config.drop-in');
    const since = performance.now();
    run.kill();
    await stops.go('on');
    expect(await waysIn(on)).toEqual([]);
    expect(await isGuarded(on)).toBe(true);
    expect(await restoring(since, 'sshd, killed')).toBeLessThan(RESTORE_LIMIT);
    expect(await waysIn(on)).toEqual(['old', 'new']);
  });

  it('case 37: sshd lets nobody in, the program sees it: it takes it back at once, and says why', async () => {
    const run = await done('sshd-config.drop-in');
    expect(await waysIn(on)).toEqual([]);
    const since = performance.now();
    await stops.go('on');
    const [seconds, output] = await Promise.all([restoring(since, 'sshd, seen'), run.ended]);
    expect(seconds).toBeLessThan(AT_ONCE);
    expect(output.exitCode).toBe(1);
    expect(said(output)).toMatch(
      /researcher would not be let in.*01-trap\.conf, line 1 says AllowUsers nobody/,
    );
    expect(said(output)).toContain('The server has taken this step back: the way in is as it was before.');
    expect(await waysIn(on)).toEqual(['old', 'new']);
    await on.inside(SSHD_MEND);
  });

  it('sshd settings of somebody else overrule ours: taken back, the login stays as it was', async () => {
    // Of the address at which a server is reached nobody asks beforehand: it takes a login to see it.
    const spoil = `printf '\\nMatch LocalAddress 10.0.0.0/8\\n  PermitRootLogin yes\\n  PasswordAuthentication yes\\n' >>/etc/ssh/sshd_config`;
    const mend = "sed -i -e '/^Match LocalAddress/,$d' /etc/ssh/sshd_config && systemctl restart ssh";
    await spoiled(on, spoil, mend, async () => {
      expectFailure(on, await init().ended, {
        code: 1,
        says: [
          'the server still offers password',
          'PasswordAuthentication and KbdInteractiveAuthentication must be no',
        ],
      });
      await on.inside(
        '[ ! -e /etc/ssh/sshd_config.d/00-broker-setup.conf ] && ! systemctl -q is-active broker-setup-guard.timer',
      );
      expect(await rootWithPassword(on)).toBe('still here');
    });
  });

  it('cases 37, 38: the firewall drops SSH, and so the connection of the program: the server takes it back', async () => {
    await on.inside(UFW_TRAP);
    const run = await done('ufw.rules');
    const since = performance.now();
    await stops.go('on');
    const ended = run.ended.then((output) => ({ output, after: (performance.now() - since) / 1000 }));
    const [seconds, ways, { output, after }] = await Promise.all([
      restoring(since, 'ufw, left alone'),
      waysIn(on),
      ended,
    ]);
    console.log(`ufw, left alone: the run ended after ${after.toFixed(1)} s`);
    expect(ways).toEqual([]);
    expect(seconds).toBeLessThan(RESTORE_LIMIT);
    expect(after).toBeLessThan(END_LIMIT);
    expect(output.exitCode).toBe(1);
    expect(said(output)).toMatch(/The connection to \S+ was lost/);
    expect(await waysIn(on)).toEqual(['new']);
    await on.inside(UFW_MEND);
  });

  it('once the cause is gone, the same command ends well', async () => {
    const { exitCode, stderr } = await init().ended;
    expect(exitCode, stderr).toBe(0);
    expect((await on.run(['doctor'])).stdout).toContain('Everything is in place.');
  });
});
