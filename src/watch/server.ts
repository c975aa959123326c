import type { BrokerFacts } from '../engine/broker-facts.js';
import { type Sh, sh } from '../sh.js';
import { inForce } from '../steps/ufw/in-force.js';
import { rebootDue } from '../steps/update/reboot.js';
import { DISK_MIN_MB } from '../steps/update/room.js';
import { AUTO_UPGRADES_PATH, LISTS_STAMPS, ROUND_OVERDUE, ROUND_STAMP } from '../templates/auto-upgrades.js';
import { WATCH } from './paths.js';

/** Shell: `look_at_services` judges as the steps broker-install and ufw and the check system do. */
export function serviceProblems({ title, unit }: Pick<BrokerFacts, 'title' | 'unit'>): Sh {
  return sh`look_at_services() {
  systemctl -q is-active ${unit} || problem broker-install.service ${`${title} does not run, so no device can connect.`}
  # Ubuntu from 22.10 on starts the SSH server when somebody knocks. True where one of the two is active (systemctl(1)).
  systemctl -q is-active ssh.service ssh.socket || problem login.user 'The SSH server does not run, so nobody can log in.'
  ${inForce} || problem ufw.rules 'The firewall is off, or its rules are not in force.'
  # Those that are looked at by themselves, and the watch, which doctor looks at.
  failed=$(systemctl list-units --state=failed --plain --no-legend --full | awk '{print $1}' | grep -vxF -e ${unit} -e certbot.service -e ${WATCH.service} | paste -s -d ' ' -)
  [ -z "$failed" ] || problem system.failed-units "Services that failed: $failed."
}`;
}

/** Shell: `look_at_updates` judges as the step update and the check updates do. */
export function updateProblems(): Sh {
  return sh`newest() {
  latest=$start
  for at in $(stat -c %Y "$@"); do
    [ "$at" -le "$latest" ] || latest=$at
  done
  echo "$latest"
}
look_at_updates() {
  free=$(df -Pm /var | awk 'NR == 2 {print $4}')
  [ "\${free:-0}" -ge ${DISK_MIN_MB} ] ||
    problem update.disk "The disk is nearly full: $free MB are left on /var, ${DISK_MIN_MB} MB are needed."
  ! ${rebootDue} || problem update.reboot 'The server needs a restart to use its updated kernel and libraries.'
  now=$(date +%s)
  start=$((now - $(cut -d. -f1 /proc/uptime)))
  last=$(newest ${[ROUND_STAMP, AUTO_UPGRADES_PATH]})
  fetched=$(newest ${[...LISTS_STAMPS, AUTO_UPGRADES_PATH]})
  [ "$((now - fetched))" -le ${ROUND_OVERDUE} ] || waived updates.off ||
    problem updates.lists "The lists of packages should be fetched every day, but have not been for $(((now - fetched) / 86400)) days, so security updates are not noticed."
  [ "$((now - last))" -le ${ROUND_OVERDUE} ] || waived updates.off ||
    problem updates.stale "Security updates should install themselves every day, but have not for $(((now - last) / 86400)) days."
}`;
}
