import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { familyOf, hasDtls, isSince, speaksCoap } from '../../../src/settings/emqx-versions.js';
import { evaluated } from '../doctor/emqx-spoils.js';
import { mends } from '../drifts.js';
import { type Ground, hostKeyOf, type Output } from '../ground.js';
import { openPorts, renew } from '../outside.js';
import { packaged } from '../snapshot.js';
import { asShippedApplication, opensDashboard } from './dashboard.js';
import { emqxDrifts } from './drifts.js';
import type { Emqx } from './packages.js';

const DOORS = [
  ['mqtts', 8883, ''],
  ['wss', 8084, '/mqtt'],
] as const;

/** All that EMQX of any version may listen on, and the well-known ports. */
const SCANNED =
  '1-1024,1882-1885,4369-4371,5369-5371,5683-5684,5783-5784,6369,7993,8080-8090,8883,11883,14567,18083-18084,20041,61613-61614';

/** Tests that set this EMQX up on a server of its own, and look at what came of it. */
export function describeEmqx({ title, version, release, broker, thorough }: Emqx): void {
  describe(`init with ${title}`, () => {
    let on: Ground;
    let first: Output;
    let device: string;
    let dashboard: string;
    let ca: string;

    const shown = (label: string) =>
      new RegExp(`^ *${label}[^:]*: (\\S+)$`, 'm').exec(first.stdout)?.[1] ?? '';
    const door = (options: IClientOptions = {}): IClientOptions => {
      const trust = { servername: on.server.domain, ca, rejectUnauthorized: true };
      return { ...trust, wsOptions: trust, reconnectPeriod: 0, connectTimeout: 10_000, ...options };
    };
    const url = (protocol: string, port: number, path: string) =>
      `${protocol}://${on.server.address}:${port}${path}`;
    const served = (port: number) =>
      on.inside(
        `openssl s_client -connect 127.0.0.1:${port} -servername ${on.server.domain} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
      );

    beforeAll(async () => {
      on = await packaged(release);
      await on.configure({ broker });
      ca = await readFile(on.server.acme.caBundle, 'utf8');
      first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
      device = shown('Password of the device account');
      dashboard = shown('Password of admin');
    });
    afterAll(() => on?.down());

    it('ends well, with every proof seen', () => {
      expect(first.stderr).not.toContain('✖');
      expect(first.exitCode, first.stderr).toBe(0);
      expect(first.stdout).toContain('is ready');
      expect(first.stdout).not.toMatch(/^ {2}[✖?] /m);
      expect(first.stdout).toContain('✔ admin logs in to the dashboard with the new password');
      expect(first.stdout).toContain('✔ The dashboard refuses admin/public');
    });

    it.each(['device', 'dashboard'] as const)(
      'shows the password of the %s once, and writes it nowhere',
      async (of) => {
        const password = { device, dashboard }[of];
        expect(password).toMatch(/^\S{20,}$/);
        expect(first.stdout.split(password)).toHaveLength(2);
        expect(first.stderr).not.toContain(password);
        expect(
          await on.inside(`grep -rlF ${password} /etc /var/log /var/lib/broker-setup /var/lib/emqx || true`),
        ).toBe('');
      },
    );

    it.each(DOORS)(
      'case 62: a device publishes over %s with MQTT 3.1.1 and 5, and is refused without its account',
      async (protocol, port, path) => {
        for (const protocolVersion of [4, 5] as const) {
          const given = door({ protocolVersion });
          const client = await connectAsync(url(protocol, port, path), {
            ...given,
            username: 'device-1',
            password: device,
          });
          const arrived = new Promise<string>((resolve) =>
            client.on('message', (_, payload) => resolve(payload.toString())),
          );
          await client.subscribeAsync('field/1', { qos: 1 });
          await client.publishAsync('field/1', 'hello', { qos: 1 });
          expect(await arrived).toBe('hello');
          await client.endAsync();
          for (const wrong of [
            {},
            { username: 'device-1', password: `${device}x` },
            { username: 'admin', password: 'public' },
          ]) {
            await expect(connectAsync(url(protocol, port, path), { ...given, ...wrong })).rejects.toThrow(
              /not authorized|bad user ?name or password/i,
            );
          }
        }
      },
    );

    it('case 62: opens the dashboard with the new password, and not with the one that it ships with', async () => {
      expect(await opensDashboard(on, version, ca, 'admin', dashboard)).toBe(true);
      expect(await opensDashboard(on, version, ca, 'admin', 'public')).toBe(false);
      expect(await asShippedApplication(on, version, ca)).toBe(401);
    });

    if (familyOf(version) === 'v5')
      it.each(DOORS)('lets nobody ask for a second handshake over %s', async (_, port) => {
        const said = await on.inside(
          `(sleep 1; echo R; sleep 1) | openssl s_client -tls1_2 -connect 127.0.0.1:${port} 2>&1 || true`,
        );
        expect(said).toContain('RENEGOTIATING');
        expect(said.split('RENEGOTIATING')[1]).toContain('no renegotiation');
      });

    it('leaves the ports closed that it does not need', async () => {
      expect(await openPorts(on, SCANNED)).toEqual([22, 8084, 8883, 18084]);
    });

    it('case 62: listens for the world only where it must', async () => {
      const listed = await on.inside(
        'ss -ltnpH | awk \'/beam/ && $4 !~ /^127\\./ {sub(/.*:/, "", $4); print $4}\' | sort -nu',
      );
      expect(listed.trim().split('\n').map(Number)).toEqual([8084, 8883, 18084]);
    });

    it('run again, has nothing to do; doctor finds everything in place', async () => {
      const second = await on.run(['init', '--yes']);
      expect(second.stdout).toContain('Nothing to do');
      expect(second.exitCode, second.stderr).toBe(0);
      expect((await on.run(['doctor'])).exitCode).toBe(0);
    });

    it('case 60: a renewal reaches all three ports by itself, and a connected device stays', async () => {
      const client = await connectAsync(
        url('mqtts', 8883, ''),
        door({ username: 'device-1', password: device }),
      );
      let lost = false;
      client.on('close', () => {
        lost = true;
      });
      const before = await served(8883);
      await renew(on);
      const newest = await on.inside(
        `openssl x509 -noout -serial -in /etc/letsencrypt/live/${on.server.domain}/cert.pem`,
      );
      expect(newest).not.toBe(before);
      for (const port of [8883, 8084, 18084]) expect(await served(port)).toBe(newest);
      await client.publishAsync('field/1', 'still here', { qos: 1 });
      expect(lost).toBe(false);
      await client.endAsync();
    });

    // Only a stand-in can be told what the dashboard does.
    if (familyOf(version) === 'v5' && title.startsWith('a stand-in')) {
      it('case 272, case 274: what was opened in the dashboard for good, the next run closes for good', async () => {
        const strange = () => connectAsync(url('mqtts', 8883, ''), door());
        await on.inside(
          evaluated(`begin
  emqx_conf:keep([listeners, ssl, default, enable_authn], {false, "false"}),
  emqx_conf:keep([authorization, sources], {[], "[]"})
end`),
        );
        await (await strange()).endAsync();
        // Broken into lines for a terminal.
        const before = (await on.run(['doctor'])).stdout.replaceAll(/\s+/g, ' ');
        expect(before).toContain('listeners.ssl.default.enable_authn = false');
        expect(before).toContain('other sources of rules than /etc/emqx/acl.conf (none)');
        const mended = await on.run(['init', '--yes']);
        expect(mended.exitCode, mended.stderr).toBe(0);
        await expect(strange()).rejects.toThrow(/not authorized/i);
        expect((await on.run(['init', '--yes'])).stdout).toContain('Nothing to do');
      });

      it('case 276: is started again within five seconds after a crash', async () => {
        const seconds =
          await on.inside(`pid=$(pgrep -o -u emqx -x beam.smp); kill -9 "$pid"; begun=$(date +%s)
until [ "$(systemctl show -p NRestarts --value emqx)" != 0 ]; do
  [ $(($(date +%s) - begun)) -lt 60 ] || break
  sleep 0.2
done
echo $(($(date +%s) - begun))
n=0; until ss -ltnH 'sport = :8883' | grep -q . || [ $n -gt 60 ]; do n=$((n + 1)); sleep 0.5; done`);
        expect(Number(seconds)).toBeLessThanOrEqual(5);
      });
    }

    if (isSince(version, '6.2.0'))
      it('case 275: runs with the security profile “hardened”', async () => {
        const environment = await on.inside(
          "tr '\\0' '\\n' </proc/$(pgrep -o -u emqx -x beam.smp)/environ | grep SECURITY_PROFILE",
        );
        expect(environment.trim()).toBe('EMQX_SECURITY_PROFILE=hardened');
      });

    if (!thorough) return;

    it('is back after a restart of the server, with every proof made again', async () => {
      await on.inside('touch /run/reboot-required');
      const restarted = await on.run(['init', '--yes', '--set', 'reboot=yes']);
      expect(restarted.exitCode, restarted.stderr).toBe(0);
      expect(restarted.stdout).toMatch(/Restart the server[\s\S]*✔ Nobody gets in without a password/);
      expect((await on.run(['doctor'])).exitCode).toBe(0);
    });

    it('a third run puts right what was spoiled', async () => {
      await mends(on, emqxDrifts(version));
    });

    it('with the guide’s ports, CoAP, LwM2M and a dashboard for the server itself, opens just these', async () => {
      // 6.x comes without what LwM2M needs.
      const more = [
        ...(speaksCoap(version) ? ['coap'] : []),
        ...(hasDtls(version) && !isSince(version, '6.0.0') ? ['lwm2m'] : []),
      ];
      const chosen = ['exposure=guide', 'dashboard=tunnel', `protocols=${['mqtt', ...more].join(',')}`];
      const other = await on.run(['init', '--yes', ...chosen.flatMap((one) => ['--set', one])]);
      expect(other.exitCode, other.stderr).toBe(0);
      expect(other.stdout).toMatch(/ssh -N -L 18084:127\.0\.0\.1:18084 .*researcher@/);
      expect(await openPorts(on, SCANNED)).toEqual([22, 1883, 8083, 8084, 8883]);
      for (const port of more.map((name) => (name === 'coap' ? 5684 : 5784))) {
        const { stdout } = await execa(
          'sh',
          [
            '-c',
            `echo | timeout 10 openssl s_client -dtls1_2 -connect ${on.server.address}:${port} -servername ${on.server.domain} 2>&1`,
          ],
          { reject: false },
        );
        expect(stdout).toMatch(new RegExp(`subject=CN ?= ?${on.server.domain}`));
      }
      await renew(on);
      expect((await on.run(['init', '--yes'])).stdout).toContain('Nothing to do');
    });
  });
}
