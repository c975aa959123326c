import { type Sh, sh } from '../sh.js';

/** Debian's and Ubuntu's units of the SSH server. */
const UNITS = ['ssh.socket', 'ssh.service'] as const;

/**
 * Shell: starts the SSH server again where systemd has given it up. Packages restart it, and needrestart once more for each library: beyond
 * five starts in ten seconds systemd lets it down (start-limit-hit), and nobody can log in. Runs over the session that is still there.
 */
export const keepSshUp: Sh = sh`for unit in ${UNITS}; do
  if systemctl -q is-failed "$unit"; then
    echo "The SSH server is down ($unit failed, $(systemctl show -P Result "$unit")): starting it again"
    systemctl reset-failed "$unit"; systemctl start "$unit" || true
  fi
done`;

/** Shell that prints what systemd and the SSH server say of it, for when no new login could be made. */
export const sshState: Sh = sh`for unit in ${UNITS}; do printf '%s: %s\\n' "$unit" "$(systemctl is-active "$unit")"; done
journalctl -q -u ssh.service -n 5 -o cat`;
