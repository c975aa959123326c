import { privilegeFolder } from '../../engine/facts/sshd.js';
import type { Unit } from '../../engine/facts/units.js';
import type { Facts } from '../../engine/facts.js';
import { sh } from '../../sh.js';
import { PID_FILE } from './started.js';

/** Debian and Ubuntu call the service ssh, and sshd is an alias there while it is enabled. */
const SERVICES = ['ssh.service', 'sshd.service'] as const;

/** Through which systemd may listen in place of the service. */
export const SSH_SOCKET = 'ssh.socket';

/** What sshService() needs, and the socket. */
export const SSH_UNITS: readonly string[] = [...SERVICES, SSH_SOCKET];

/** Pure. The service of the SSH server. */
export function sshService(facts: Facts): Unit {
  const [first, second] = SERVICES.map((name) => facts.unit(name)) as [Unit, Unit];
  return first.load === 'not-found' ? second : first;
}

/** Shell that sets `unit` to the service of the SSH server. */
export const sshUnit = sh`unit=$(systemctl list-unit-files --no-legend ${SERVICES} | awk '$2 != "alias" {print $1; exit}')`;

/**
 * Validates before anything is live; a restart by systemd returns when the new sshd listens, and running sessions go on.
 * Both units are looked at afterwards: a socket and a service that are at odds shut the door days later (python/psf-salt#478).
 */
export const restartSshd = sh`${privilegeFolder}
sshd -t
${sshUnit}
systemctl daemon-reload
systemctl reset-failed ssh.socket "$unit" 2>/dev/null || true
# A service that systemd has lost sight of would keep the port from the one that is started, and nobody could log in any more.
if ! systemctl -q is-active "$unit" && ! systemctl -q is-active ssh.socket && read -r pid <${PID_FILE} && grep -qs "/$unit\$" "/proc/$pid/cgroup"; then
  kill "$pid"
  n=0
  while kill -0 "$pid" 2>/dev/null && [ "$n" -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
fi
if systemctl -q is-active ssh.socket && ! systemctl -q is-active "$unit"; then systemctl restart ssh.socket; else systemctl restart "$unit"; fi
if systemctl -q is-failed ssh.socket "$unit"; then systemctl --no-pager --plain --no-legend --failed >&2; exit 1; fi`;
