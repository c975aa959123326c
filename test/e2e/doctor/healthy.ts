import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Release } from '../../../src/rehearsal/index.js';
import type { Settings } from '../../../src/settings/schema.js';
import { changesNothing } from '../before-after.js';
import { type Ground, hostKeyOf } from '../ground.js';
import { packaged } from '../snapshot.js';
import { idsIn, idsOf, reportOf } from './report-of.js';

/** How often a healthy server must be called healthy; more often in test/e2e/nightly/healthy.test.ts. */
const TIMES = 3;

/** Tests of doctor on a server that was set up with this hardening: it finds nothing, and reports what there is. */
export function describeHealthy(release: Release, hardening: Settings['hardening']): void {
  describe(`doctor on a freshly set up ${release}, hardening: ${hardening}`, () => {
    let on: Ground;
    beforeAll(async () => {
      on = await packaged(release);
      await on.configure({ hardening });
      const first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
      expect(first.exitCode, first.stderr).toBe(0);
    });
    afterAll(() => on?.down());
    const look = async (...args: string[]) => reportOf(await on.run(['doctor', '--json', ...args]));

    it(`finds nothing, ${TIMES} times of ${TIMES}, and changes nothing`, async () => {
      await changesNothing(on, async () => {
        for (let time = 1; time <= TIMES; time++) {
          const output = await on.run(['doctor', '--json']);
          const report = reportOf(output);
          expect(idsOf(report), `time ${time}`).toEqual([]);
          expect(output.exitCode).toBe(0);
          expect(report).toMatchObject({ ok: true, exitCode: 0, accounts: expect.any(Array) });
        }
        return on.run(['doctor']);
      });
    });

    it('knows who can log in, what listens, and how long the certificate lives', async () => {
      const report = await look();
      expect(report.accounts.map(({ name, ssh, root }) => [name, ssh, root])).toEqual([
        ['root', [], 'itself'],
        ['researcher', ['key'], 'without-password'],
      ]);
      const open = report.ports.filter(({ outside }) => outside.some(({ seen }) => seen === 'open'));
      expect(open.map(({ port, wanted }) => [port, wanted])).toEqual([
        [22, true],
        [8084, true],
        [8883, true],
      ]);
      expect(report.certificates).toMatchObject([{ current: true, names: [on.server.domain] }]);
      expect(report.renewal?.log.at(-1)).toMatchObject({ ok: true });
    });

    it('looks from outside without logging in', async () => {
      const before = await on.inside('journalctl -q -o cat -t sshd -t sshd-session | wc -l');
      const output = await on.run(['doctor', '--json', '--outside-only']);
      const report = reportOf(output);
      expect(output.exitCode).toBe(0);
      expect(report.findings.every(({ seen }) => seen === 'outside')).toBe(true);
      expect(report.findings.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          'ports.open',
          'ports.closed',
          'tls.8883',
          'mqtt.mqtts-anonymous',
          'certbot.dns',
        ]),
      );
      expect(await on.inside('journalctl -q -o cat -t sshd -t sshd-session | wc -l')).toBe(before);
    });

    it('lets certbot rehearse the renewal', async () => {
      const report = await look('--renewal');
      expect(report.findings).toContainEqual(
        expect.objectContaining({ id: 'certificate.dry-run', state: 'ok' }),
      );
      const elsewhere = await look('--renewal', '--set', 'certificate.directory=https://127.0.0.1:9/dir');
      expect(idsIn(elsewhere, 'problem')).toEqual(['certbot.certificate', 'certificate.dry-run']);
    });

    if (release === 'trixie')
      it('finds that sshd is told not to shut guessers out', async () => {
        const file = '/etc/ssh/sshd_config.d/owner.conf';
        await on.inside(`echo 'PerSourcePenalties no' >${file}; systemctl restart ssh`);
        expect(idsOf(await look())).toEqual(['fail2ban.penalties']);
        await on.inside(`rm ${file}; systemctl restart ssh`);
      });

    it('looks from outside where it is not let in, and says that this is not enough', async () => {
      await on.inside('systemctl stop ssh.socket ssh 2>/dev/null || systemctl stop ssh');
      try {
        const output = await on.run(['doctor', '--json']);
        expect(output.exitCode).toBe(3);
        expect(idsOf(reportOf(output))).toEqual(['doctor.inside']);
      } finally {
        await on.inside('systemctl start ssh');
      }
    });

    it('tells only what has changed since the last time, and what is gone', async () => {
      await on.run(['doctor']);
      expect((await on.run(['doctor', '--changed'])).stdout).toMatch(/^.*\n\nNothing has changed since \d/);
      await on.inside('touch /run/reboot-required; ufw allow 9000/tcp');
      const report = await look('--changed');
      expect(idsOf(report)).toEqual(['ufw.own-rules', 'update.reboot']);
      expect(report.findings).toHaveLength(2);
      await on.inside('rm /run/reboot-required');
      const later = await look('--changed');
      expect([later.findings, later.gone?.map(({ id }) => id)]).toEqual([[], ['update.reboot']]);
      await on.inside('ufw delete allow 9000/tcp');
    });

    it('lets pass what broker.yaml accepts, until its last day, and names what matches nothing', async () => {
      const file = join(on.home, 'broker.yaml');
      const before = await readFile(file, 'utf8');
      const accept = [
        { id: 'update.reboot', reason: 'at the weekend', until: '2999-01-01' },
        { id: 'ufw.docker', reason: 'there was one once' },
        { id: 'ufw.own-rules', reason: 'for a while', until: '2020-01-01' },
      ];
      await writeFile(file, stringify({ ...(parse(before) as object), accept }));
      await on.inside('touch /run/reboot-required; ufw allow 9000/tcp');
      try {
        const output = await on.run(['doctor', '--json']);
        const report = reportOf(output);
        expect([output.exitCode, report.counts]).toMatchObject([0, { problem: 0, warning: 3, accepted: 1 }]);
        expect(idsIn(report, 'warning')).toEqual(['doctor.waiver', 'ufw.own-rules']);
        expect(report.findings.find(({ id }) => id === 'update.reboot')?.accepted).toEqual({
          reason: 'at the weekend',
          until: '2999-01-01',
        });
      } finally {
        await on.inside('rm /run/reboot-required; ufw delete allow 9000/tcp');
        await writeFile(file, before);
      }
    });

    it('--fix shows the plan, mends with a yes only, and looks again', async () => {
      await on.inside('chmod 0644 /etc/ssh/ssh_host_rsa_key; systemctl disable --now certbot.timer');
      const asked = await changesNothing(on, () => on.run(['doctor', '--fix']));
      expect([asked.exitCode, asked.stderr]).toEqual([2, expect.stringContaining('needs your yes')]);
      const mended = await on.run(['doctor', '--fix', '--yes']);
      expect(mended.exitCode, mended.stderr).toBe(0);
      expect(mended.stderr).toContain('Let the certificate renew itself');
      expect(mended.stderr).toContain('Keep everybody else on the server out of /etc/ssh/ssh_host_rsa_key');
      expect(mended.stdout).toMatch(/2 problems[\s\S]*Everything is in place\.$/);
      await on.inside(
        'systemctl -q is-active certbot.timer && [ "$(stat -c %a /etc/ssh/ssh_host_rsa_key)" = 600 ]',
      );
    });

    it('writes a page that holds no secret', async () => {
      const page = join(on.home, 'report.html');
      expect((await on.run(['doctor', '--report', page])).exitCode).toBe(0);
      const html = await readFile(page, 'utf8');
      expect(html).toContain(on.server.domain);
      expect(html).not.toContain(on.server.rootPassword);
      const lost = await on.run(['doctor', '--report', join(on.home, 'nowhere', 'report.html')]);
      expect([lost.exitCode, lost.stderr]).toEqual([2, expect.stringContaining('cannot be written')]);
    });
  });
}
