import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ground, hostKeyOf, type Output } from './ground.js';
import { packaged } from './snapshot.js';

/** All that an owner may have set against those who knock too often, and stricter than usual. sshd forgets its part when it is hardened. */
const STRICT = `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq install -y fail2ban ufw
printf '[sshd]\\nmode = aggressive\\nmaxretry = 3\\nfindtime = 1h\\nbantime = 1h\\n' >/etc/fail2ban/jail.d/strict.conf
systemctl restart fail2ban
ufw limit 22/tcp && ufw --force enable
printf 'MaxStartups 1:100:1\\n' >/etc/ssh/sshd_config.d/50-owner.conf
systemctl restart ssh && rm /etc/ssh/sshd_config.d/50-owner.conf
while ! fail2ban-client status sshd; do sleep 0.2; done`;

/** Somebody else has a connection without a login for three seconds, in which the program has to start as well: MaxStartups turns everybody away meanwhile. */
const CROWD = `systemd-run -q sh -c 'sleep 3 | bash -c "exec 3<>/dev/tcp/127.0.0.1/22; cat"'; sleep 0.3`;

describe('case 11: a server that bans quickly', () => {
  let on: Ground;
  let first: Output;

  beforeAll(async () => {
    on = await packaged('trixie');
    await on.inside(STRICT);
    const hostKey = await hostKeyOf(on);
    await on.inside(CROWD);
    first = await on.run(['init', '--yes', '--host-key', hostKey]);
  });
  afterAll(() => on?.down());

  const jail = () => on.inside('fail2ban-client status sshd; fail2ban-client get sshd ignoreip');
  const expectNothingCounted = async () => {
    const status = await jail();
    expect(status).toMatch(/Total failed:\s+0\n/);
    expect(status).toMatch(/Total banned:\s+0\n/);
  };

  it('is set up, although it turns connections away', async () => {
    expect(first.exitCode, first.stderr).toBe(0);
    const said = first.stderr.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/closed the connection .* trying again in 1 second/);
    // Seven connections within a minute, two of them turned away: none was one too many for “ufw limit”.
    expect(said).not.toContain('refused the connection');
    expect(await on.inside('ufw status')).toMatch(/22\/tcp\s+LIMIT/);
    await expectNothingCounted();
  });

  it('lets in one run after the other, each of which tries logins that must be refused', async () => {
    for (const laptop of ['one-', 'two-']) {
      // Another computer of the same network: it knows nothing of what was tried just now. Three such runs are a ban.
      const XDG_STATE_HOME = await mkdtemp(join(on.home, laptop));
      const { exitCode, stdout, stderr } = await on.run(['doctor'], { env: { XDG_STATE_HOME } });
      expect(exitCode, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/✔ root is refused/);
    }
    await expectNothingCounted();
  });

  it('counts again afterwards', async () => {
    await expect.poll(jail, { timeout: 20_000 }).toContain('No IP address/network is ignored');
    await expect
      .poll(() => on.inside("systemctl list-units --all 'broker-setup-not-banned*' --no-legend"))
      .toBe('');
    expect(await on.inside('ls /run/broker-setup/not-banned /run/broker-setup/not-banned-for')).toBe(
      '/run/broker-setup/not-banned:\n\n/run/broker-setup/not-banned-for:\n',
    );
  });

  it('case 153: is no attack for sshguard either, which bans after three refused logins', async () => {
    // Root's own key is refused with more noise than one that the server does not know.
    await on.inside(`DEBIAN_FRONTEND=noninteractive apt-get -qq install -y sshguard nftables
install -d -m 700 /root/.ssh; cat /home/researcher/.ssh/authorized_keys >>/root/.ssh/authorized_keys`);
    for (const laptop of ['three-', 'four-']) {
      const XDG_STATE_HOME = await mkdtemp(join(on.home, laptop));
      const { stdout } = await on.run(['doctor'], { env: { XDG_STATE_HOME } });
      expect(stdout).toMatch(/✔ root is refused/);
    }
    const log = await on.inside('journalctl -u sshguard -o cat');
    expect(log).toContain('Now monitoring attacks');
    expect(log).not.toContain('Attack from');
    await expect
      .poll(() => on.inside('systemctl is-active sshguard; ls /run/systemd/system/sshguard.service.d'), {
        timeout: 20_000,
      })
      .toBe('active\n');
  });
});
