import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ground, hostKeyOf } from './ground.js';
import { guesser } from './guesser.js';
import { packaged } from './snapshot.js';

/** Tries after which nobody should still be let knock. */
const MANY = 15;

describe('a server whose sshd bans nobody by itself', () => {
  let on: Ground;
  beforeAll(async () => {
    on = await packaged('bookworm');
  });
  afterAll(() => on?.down());

  const status = () => on.inside('fail2ban-client status sshd');
  const guessers: string[] = [];
  /** What fail2ban has counted, ever, of others than the guessers; a try of theirs may end long after its ban. */
  const counted = async () => {
    const found = await on.inside("grep -F '[sshd] Found' /var/log/fail2ban.log || true");
    return found.split('\n').filter((line) => line !== '' && !guessers.some((one) => line.includes(one)));
  };
  const known = () => ['--known-hosts', join(on.home, 'known_hosts')];

  it('case 47: fail2ban as Debian 12 ships it does not start; with our jail it does, and reads the journal', async () => {
    await on.inside(`export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq install -y --no-install-recommends fail2ban >/dev/null
while systemctl -q is-active fail2ban; do sleep 0.1; done`);
    expect(await on.inside('journalctl -q -o cat -u fail2ban')).toContain(
      'Have not found any log file for sshd jail',
    );
    const first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
    expect(first.exitCode, first.stderr).toBe(0);
    expect(await status()).toMatch(/Journal matches:\s+_SYSTEMD_UNIT=/);
    await on.inside('systemctl -q is-active fail2ban && systemctl -q is-enabled fail2ban');
  });

  it.each([4, 6] as const)('bans who guesses over IPv%i, and nobody else', async (family) => {
    const other = await guesser(on, family);
    guessers.push(other.address);
    const said: string[] = [];
    while (said.length < MANY && !said.at(-1)?.includes('Connection refused')) {
      // Root exists and a name of a router does not: sshd words the two failures differently.
      said.push(await other.guess(said.length % 2 === 0 ? 'root' : 'ubnt'));
      await sleep(300);
    }
    expect(said[0]).toContain('Permission denied (publickey)');
    expect(said.at(-1)).toContain('Connection refused');
    expect(await status()).toMatch(new RegExp(`Banned IP list:.*\\b${other.address}\\b`));
    const doctor = await on.run(['doctor']);
    expect(doctor.exitCode, doctor.stdout).toBe(0);
  });

  it('case 11: counts nothing that comes from a run, though it starts fail2ban anew', async () => {
    await on.inside(
      'rm /etc/fail2ban/jail.d/00-broker-setup.conf /etc/ssh/sshd_config.d/00-broker-setup.conf',
    );
    const mended = await on.run(['init', '--yes']);
    expect(mended.exitCode, mended.stderr).toBe(0);
    expect(mended.stdout).toMatch(/✔ root is refused/);
    expect(await counted()).toEqual([]);
    for (const args of [
      ['doctor'],
      ['history', ...known()],
      ['unlock', ...known()],
      ['undo', '--yes', ...known()],
    ]) {
      // Another computer of the same network, which knows nothing of what was tried just now.
      const XDG_STATE_HOME = await mkdtemp(join(on.home, 'other-'));
      const { exitCode, stderr } = await on.run(args, { env: { XDG_STATE_HOME } });
      expect(exitCode, stderr).toBe(0);
    }
    // The undo has taken the jail away, and the next run brings it back.
    expect((await on.run(['init', '--yes'])).exitCode).toBe(0);
    expect(await counted()).toEqual([]);
    await status();
    await expect
      .poll(() => on.inside('find /run/broker-setup/not-banned -type f'), { timeout: 20_000 })
      .toBe('');
  });
});
