import { sh } from '../../sh.js';
import { privilegeFolder } from './effective.js';

/** Shell that sets `unit` to the service of the SSH server: Debian and Ubuntu call it ssh, and sshd is an alias there while it is enabled. */
export const sshUnit = sh`unit=$(systemctl list-unit-files --no-legend ssh.service sshd.service | awk '$2 != "alias" {print $1; exit}')`;

/**
 * Validates before anything is live; a restart by systemd returns when the new sshd listens, and running sessions go on.
 * Both units are looked at afterwards: a socket and a service that are at odds shut the door days later (python/psf-salt#478).
 */
export const restartSshd = sh`${privilegeFolder}
sshd -t
${sshUnit}
systemctl daemon-reload
systemctl reset-failed ssh.socket "$unit" 2>/dev/null || true
if systemctl -q is-active ssh.socket && ! systemctl -q is-active "$unit"; then systemctl restart ssh.socket; else systemctl restart "$unit"; fi
if systemctl -q is-failed ssh.socket "$unit"; then systemctl --no-pager --plain --no-legend --failed >&2; exit 1; fi`;

/**
 * Shell that prints `ssh-set ADDRESS:PORT` for each that the files of sshd name by themselves. With socket activation these
 * may not be in force: the socket has its own, or takes them over only when it is made anew (Ubuntu 24.04).
 */
export const tellConfigured = sh`if grep -qsiE '^[[:space:]]*(Port|ListenAddress)[[:space:]=]' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; then
  ${privilegeFolder}
  sshd -T | sed -n 's/^listenaddress /ssh-set /p'
fi`;
