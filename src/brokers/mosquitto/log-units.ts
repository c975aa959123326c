import { posix } from 'node:path';
import { CONFINED } from '../../engine/confined.js';

/** Units that keep the log of Mosquitto small. */
export const LOG_UNITS = {
  service: 'broker-setup-log.service',
  timer: 'broker-setup-log.timer',
} as const;

export const LOG_FILES = {
  service: `/etc/systemd/system/${LOG_UNITS.service}`,
  timer: `/etc/systemd/system/${LOG_UNITS.timer}`,
} as const;

const MB = 1_048_576;
/** Above this size the log is emptied. logrotate runs once a day, and one client can write 15 GB in that time. */
const LARGEST = 50 * MB;
/** As much of it is kept: how the flood began, and how it goes on. */
const KEPT = MB;

/**
 * Service that empties a log that has grown too large. It runs as the broker's user: the folder is the broker's, so root must not follow
 * what is in it. Mosquitto opens its log for appending (logging.c), and goes on in the emptied file.
 * @param log as the owner's `log_dest file` names it
 * @param user the one that writes it
 */
export function logService(log: string, user: string): string {
  // systemd.service(5): % and $ are its own.
  const path = log.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `# Written by broker-setup; docs/security.md says why.
[Unit]
Description=Keep the log of Mosquitto small

[Service]
Type=oneshot
User=${user}
ExecStart=/bin/sh -c 'size=$$(stat -c %%s "$$1" 2>/dev/null) && [ "$$size" -gt ${LARGEST} ] || exit 0; { head -c ${KEPT} "$$1"; echo "broker-setup: left out, as the log was too large ($$size bytes)"; tail -c ${KEPT} "$$1"; } >"$$1.large" && : >"$$1" && echo "The log of Mosquitto had $$size bytes. Its beginning and its end are in $$1.large."' sh "${path}"
LogLevelMax=notice
SyslogLevel=notice
UMask=0027
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=-${posix.dirname(path)}
PrivateDevices=yes
PrivateNetwork=yes
${CONFINED}
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
`;
}

/** Every five minutes: a broker that does nothing but write its log fills some 300 MB in that time. */
export const logTimer = `# Written by broker-setup.
[Unit]
Description=Keep the log of Mosquitto small

[Timer]
OnBootSec=2min
OnUnitActiveSec=5min
AccuracySec=30s

[Install]
WantedBy=timers.target
`;
