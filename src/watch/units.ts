import type { BrokerFacts } from '../engine/broker-facts.js';
import { CONFINED } from '../engine/confined.js';
import type { Settings } from '../settings/schema.js';
import { WATCH } from './paths.js';

/**
 * The service of the watch, systemd.exec(5): it may look at everything and change nothing but its own state. It needs the
 * network, the sockets of systemd, and the rights with which iptables shows its rules.
 */
export function watchService(
  { unit }: Pick<BrokerFacts, 'unit'>,
  { domain, watch }: Pick<Settings, 'domain' | 'watch'>,
): string {
  return `# Laid down by broker-setup.
[Unit]
Description=Daily watch over the MQTT broker ${domain}
Wants=network-online.target
After=network-online.target ssh.service ufw.service ${unit}

[Service]
Type=oneshot
ExecStart=${WATCH.script}
TimeoutStartSec=15min
UMask=0077
StateDirectory=broker-setup/watch
StateDirectoryMode=0700
RuntimeDirectory=broker-setup-watch
RuntimeDirectoryMode=0700
ProtectSystem=strict
ReadWritePaths=-/run/xtables.lock
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
${CONFINED}
LockPersonality=yes
SystemCallArchitectures=native
${(watch.mail === undefined ? ALONE : WITH_MAIL).join('\n')}
`;
}

/** What is possible where nothing but curl speaks. */
const ALONE = [
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'RestrictSUIDSGID=yes',
  'MemoryDenyWriteExecute=yes',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@resources',
];

/**
 * Mail servers put what they are given into their queue as users of their own, by set-user-ID programs, and some go on
 * delivering after sendmail has returned.
 */
const WITH_MAIL = ['ReadWritePaths=-/var/spool -/var/mail -/var/log', 'KillMode=process'];

/**
 * Once a day, in the morning after the nightly round of updates (apt-daily-upgrade.timer fires from 6 to 7), later where the
 * server was off: systemd.timer(5).
 */
export function watchTimer(): string {
  return `# Laid down by broker-setup.
[Unit]
Description=Daily watch over the MQTT broker

[Timer]
OnCalendar=*-*-* 07:00
RandomizedDelaySec=2h
Persistent=true

[Install]
WantedBy=timers.target
`;
}
