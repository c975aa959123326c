import { type Sh, sh } from '../sh.js';

/** Shell function: `served PID` prints the process of sshd that serves the connection over which a process was started. */
export const servedFunction: Sh = sh`served() {
  at=$1
  while [ "\${at:-0}" -gt 1 ]; do
    case $(cat "/proc/$at/comm" 2>/dev/null) in sshd*) echo "$at"; return;; esac
    at=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$at/status" 2>/dev/null)
  done
}`;
