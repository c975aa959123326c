import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import { updates } from '../../src/doctor/checks/updates.js';
import { fingerprintOf, firstCertificate } from '../../src/fingerprint.js';
import { shortcoming } from '../../src/steps/certbot/lineage.js';
import { ROUND_OVERDUE } from '../../src/templates/auto-upgrades.js';
import { certificateProblems } from '../../src/watch/certificate.js';
import { probed, withUnit } from '../facts.js';
import { contextWith, settings } from '../recorded.js';
import { bodies, makeCertificate, type WatchGround, watchGround } from './ground.js';

let on: WatchGround;

beforeEach(() => {
  on = watchGround();
  on.lay({ watch: { webhook: 'https://chat.example.org/hooks/a-secret' } });
});
afterEach(() => on.remove());

describe('the thresholds', () => {
  const { certificate, domain } = settings;
  const renewal = {
    server: certificate.directory,
    keyType: 'ecdsa',
    authenticator: 'standalone',
    preHook: undefined,
    reuseKey: true,
  };

  it.each([6, 12, 47, 90, 398])('of a certificate for %i days are those of the step certbot', (days) => {
    const pem = makeCertificate(on.at('threshold'), days);
    const first = firstCertificate(pem);
    if (!first) throw new Error('openssl made no certificate');
    const { validFrom, validTo } = fingerprintOf(first);
    const life = (validTo.getTime() - validFrom.getTime()) / 1000;
    const input = `${certificateProblems(mosquitto, settings).run}\nmargin ${life}\n`;
    const margin = Number(spawnSync('sh', ['-u'], { input, encoding: 'utf8' }).stdout);
    const at = (seconds: number) =>
      shortcoming(pem, renewal, contextWith({ now: new Date(validTo.getTime() - seconds * 1000) }));
    expect(at(margin + 2)).toBeUndefined();
    expect(at(margin - 2)?.why).toMatch(/^expires/);
  });

  it('of a renewal that is overdue is where the watch speaks', () => {
    const pem = makeCertificate(on.at('short'), 1);
    copyFileSync(
      join(on.at('short'), 'fullchain.pem'),
      on.at(`etc/letsencrypt/live/${domain}/fullchain.pem`),
    );
    writeFileSync(on.at('served.pem'), pem);
    // faketime is no part of Debian's base, so the margin is moved and not the clock.
    const script = readFileSync(on.at('watch'), 'utf8');
    writeFileSync(on.at('watch'), script.replace(/^margin\(\).*$/m, 'margin() { echo 90000; }'));
    on.run();
    const [body] = bodies(on);
    expect(body?.new.find(({ id }) => id === 'certbot.certificate')?.summary).toMatch(
      /^The certificate should have been renewed by now; it expires in [01] days\.$/,
    );
  });

  it('of the daily round are those of doctor', () => {
    const context = contextWith();
    const ran = (ago: number) => {
      const stdout = `program=there\nenable='1'\nunattended='1'\nlists='1'\nstarted=0\nat=${context.now.getTime() / 1000} /var/lib/apt/lists\nran=${context.now.getTime() / 1000 - ago}\n@@ upgrades\nupgrades=\n`;
      const names = [
        'apt-daily.timer',
        'apt-daily.service',
        'apt-daily-upgrade.timer',
        'apt-daily-upgrade.service',
      ];
      const recording = names.reduce((text, name) => withUnit(text, name, {}), stdout);
      return updates.see(probed(recording), context).findings.map(({ id }) => id);
    };
    expect(ran(ROUND_OVERDUE)).toEqual([]);
    expect(ran(ROUND_OVERDUE + 1)).toEqual(['updates.stale']);
  });
});
