import { expect, it } from 'vitest';
import type { Release } from '../../src/rehearsal/index.js';
import { driftsOn, mends } from './drifts.js';
import type { Ground } from './ground.js';
import { renew } from './outside.js';

/** Takes ssh-audit 3.3 from Debian 13, whatever the server runs, without installing it, and prints its report. */
const SSH_AUDIT = `set -e
mirror=$(grep -rhoE 'https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d | head -n 1)
mkdir -p /tmp/audit/lists/partial && cd /tmp/audit
echo "deb $mirror trixie main" >sources.list
apt='-qq -o Dir::Etc::sourcelist=/tmp/audit/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=/tmp/audit/lists -o APT::Sandbox::User=root'
apt-get $apt update >/dev/null && apt-get $apt download ssh-audit >/dev/null
dpkg -x ssh-audit_*.deb . && PYTHONPATH=usr/lib/python3/dist-packages python3 usr/bin/ssh-audit -j 127.0.0.1 || [ $? -lt 4 ]`;

/** Tests of a server that was set up, and of what happens to it later: a restart, a renewal, drift. */
export function laterOn(release: Release, get: () => Ground): void {
  it('leaves an sshd in which ssh-audit of Debian 13 finds no failure and no warning', async () => {
    // The one of Debian 12 (2.5.0) does not know kex-strict-s-v00, which every OpenSSH since 9.6 must send.
    const report = JSON.parse(await get().inside(SSH_AUDIT)) as { [part: string]: unknown };
    expect(Object.keys(report)).toEqual(expect.arrayContaining(['kex', 'key', 'enc', 'mac']));
    const notes = JSON.stringify(report).match(/"(?:warn|fail)":\[[^\]]*\]/g) ?? [];
    expect(notes).toEqual([]);
  });

  it('leaves a broker out of whose reach is what it does not need', async () => {
    // systemd-analyze(1): exposure in tenths of ten points; it fails above the threshold. As the package brings it: 9.6.
    await get().inside('systemd-analyze security --threshold=30 mosquitto.service');
  });

  it('case 18: restarts the server where an update asks for it, waits and proves everything again', async () => {
    const boot = await get().inside('cat /proc/sys/kernel/random/boot_id; touch /run/reboot-required');
    const restarted = await get().run(['init', '--yes', '--set', 'reboot=yes']);
    expect(restarted.exitCode, restarted.stderr).toBe(0);
    expect(restarted.stdout).toMatch(/Restart the server[\s\S]*✔ root is refused/);
    expect(await get().inside('cat /proc/sys/kernel/random/boot_id')).not.toBe(boot);
    const doctor = await get().run(['doctor']);
    expect(doctor.stdout).toContain('Everything is in place.');
    expect((await get().inside('uname -n')).trim()).toBe('mqtt');
  });

  it('cases 49, 50, 56, 60: a renewal reaches the broker by itself, and the public key stays', async () => {
    const before = (await get().run(['fingerprint', '--json'])).stdout;
    await renew(get());
    const after = (await get().run(['fingerprint', '--json'])).stdout;
    expect(JSON.parse(after).sha1).not.toBe(JSON.parse(before).sha1);
    expect(JSON.parse(after).spki).toBe(JSON.parse(before).spki);
    expect((await get().run(['doctor'])).stdout).toContain('Everything is in place.');
  });

  it('a third run puts right what was spoiled in every step', async () => {
    await mends(get(), driftsOn(release));
  });
}
