import { expect } from 'vitest';
import { MOSQUITTO } from '../../src/brokers/mosquitto/facts.js';
import type { Report } from '../../src/doctor/report.js';
import type { Release } from '../../src/rehearsal/index.js';
import type { Ground } from './ground.js';

/** A deliberate spoiling of a step: what it does inside the server, the finding that must name it, and how to tell that it is mended. */
export interface Drift {
  step: string;
  /** Where the step does nothing on other releases. */
  only?: Release;
  finding: string;
  spoil: string;
  healed: string;
}

/** One for each step that does something on this release. */
export const driftsOn = (release: Release): Drift[] =>
  DRIFTS.filter(({ only }) => only === undefined || only === release);

const DRIFTS: readonly Drift[] = [
  {
    step: 'update',
    finding: 'update.auto-upgrades',
    spoil: 'rm /etc/apt/apt.conf.d/52broker-setup-auto-upgrades',
    healed: 'apt-config dump | grep -q \'APT::Periodic::Unattended-Upgrade "1"\'',
  },
  {
    step: 'hostname',
    finding: 'hostname.name',
    spoil: 'hostnamectl set-hostname other; sed -i /mqtt/d /etc/hosts',
    healed: '[ "$(uname -n)" = mqtt ] && grep -q "^127.0.1.1 .*mqtt" /etc/hosts',
  },
  {
    step: 'user',
    finding: 'user.group',
    spoil: 'gpasswd -d researcher sudo',
    healed: 'id -nG researcher | grep -qw sudo',
  },
  {
    step: 'ssh-keys',
    finding: 'ssh-keys.modes',
    spoil: 'chmod 770 /home/researcher',
    healed: '[ "$(stat -c %a /home/researcher)" = 750 ]',
  },
  {
    step: 'sshd-config',
    finding: 'sshd-config.drop-in',
    spoil: 'rm /etc/ssh/sshd_config.d/00-broker-setup.conf; systemctl restart ssh',
    healed: 'sshd -T | grep -qx "passwordauthentication no" && sshd -T | grep -qx "permitrootlogin no"',
  },
  {
    step: 'sshd-config',
    finding: 'sshd-config.boot',
    spoil: 'systemctl disable ssh',
    healed: 'systemctl -q is-enabled ssh',
  },
  {
    step: 'ufw',
    finding: 'ufw.rules',
    spoil: 'ufw delete allow 8883/tcp; ufw default allow incoming',
    healed: 'ufw status verbose | grep -q "deny (incoming)" && ufw status | grep -q "^8883/tcp .*ALLOW"',
  },
  {
    step: 'fail2ban',
    only: 'bookworm',
    finding: 'fail2ban.jail',
    spoil: 'rm /etc/fail2ban/jail.d/00-broker-setup.conf; systemctl restart fail2ban',
    healed: 'fail2ban-client status sshd | grep -q "Journal matches"',
  },
  {
    step: 'hardening',
    finding: 'hardening.core-dumps',
    spoil: 'rm /etc/security/limits.d/90-broker-setup.conf; sysctl -q -w net.ipv4.conf.all.send_redirects=1',
    healed:
      'grep -q "hard core 0" /etc/security/limits.d/90-broker-setup.conf && [ "$(sysctl -n net.ipv4.conf.all.send_redirects)" = 0 ]',
  },
  {
    step: 'broker-install',
    finding: 'broker-install.service',
    spoil: 'systemctl disable --now mosquitto',
    healed: 'systemctl -q is-enabled mosquitto && systemctl -q is-active mosquitto',
  },
  {
    step: 'broker-install',
    finding: 'broker-install.sandbox',
    spoil: `rm ${MOSQUITTO.dropIn}; systemctl daemon-reload; systemctl restart mosquitto`,
    healed: 'systemctl show -p ProtectSystem mosquitto | grep -qx ProtectSystem=full',
  },
  {
    step: 'certbot',
    finding: 'certbot.timer',
    spoil: 'systemctl disable --now certbot.timer',
    healed: 'systemctl -q is-enabled certbot.timer && systemctl -q is-active certbot.timer',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.config',
    spoil:
      'sed -i "s/allow_anonymous false/allow_anonymous true/" /etc/mosquitto/conf.d/broker-setup.conf; systemctl restart mosquitto',
    healed: 'grep -q "^allow_anonymous false" /etc/mosquitto/conf.d/broker-setup.conf',
  },
  {
    step: 'renewal-hook',
    finding: 'renewal-hook.file',
    spoil: 'chmod -x /etc/letsencrypt/renewal-hooks/deploy/broker-setup',
    healed: '[ -x /etc/letsencrypt/renewal-hooks/deploy/broker-setup ]',
  },
  {
    step: 'fingerprint',
    finding: 'fingerprint.served',
    // The files are right again, but the running broker still presents another certificate.
    spoil: `cd /etc/mosquitto/certs && cp -p fullchain.pem privkey.pem /root/ &&
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -days 1 -keyout privkey.pem -out fullchain.pem 2>/dev/null &&
systemctl restart mosquitto && sleep 1 && mv /root/fullchain.pem /root/privkey.pem .`,
    healed:
      'openssl s_client -connect 127.0.0.1:8883 </dev/null 2>/dev/null | openssl x509 -noout -subject | grep -q mqtt.rehearsal.test',
  },
];

/** Spoils all of it, lets doctor name each, and one run mend it, after which nothing is left to do. */
export async function mends(on: Ground, drifts: readonly Drift[]): Promise<void> {
  for (const { spoil } of drifts) await on.inside(spoil);
  const { findings } = JSON.parse((await on.run(['doctor', '--json'])).stdout) as Report;
  const found = findings.filter(({ state }) => state !== 'ok').map(({ id }) => id);
  expect(found).toEqual(expect.arrayContaining(drifts.map(({ finding }) => finding)));
  const mending = await on.run(['init', '--yes']);
  expect(mending.exitCode, mending.stderr).toBe(0);
  for (const { healed } of drifts) await on.inside(healed);
  expect((await on.run(['init', '--yes'])).stdout).toContain('Nothing to do');
}
