import { MEMORY_PERCENT, OPEN_FILES } from './limits.js';

const HEAD = `# Written by broker-setup: what the broker does not need is out of its reach. Your own settings belong into another
# file beside this one; what it says last counts.
[Service]
`;

/**
 * Limits of the broker's process. Not MemoryHigh=: without swap a broker above it is slowed down until all devices are gone, while
 * one that is killed soon starts again. Not after the 100 ms of the package: whoever makes it crash five times in ten seconds would
 * have ended it for good (systemd.unit(5), StartLimitBurst=).
 */
const LIMITED = `LimitNOFILE=${OPEN_FILES}
MemoryMax=${MEMORY_PERCENT}%
Restart=on-failure
RestartSec=3s
`;

/** The drop-in for a server that cannot make the mounts of a sandbox. */
export const mosquittoLimits: string = `${HEAD}${LIMITED}`;

/**
 * Drop-in of mosquitto.service, systemd.exec(5): a broker that somebody has taken over finds little to go on with. Its start is
 * root's (it makes its folders, reads nothing, and gives root up), so it keeps the rights for that, and to be sent a SIGHUP.
 * /etc/mosquitto stays writable: the dynamic security plugin may have its file there. AF_NETLINK: the C library lists interfaces with it.
 * @param writable folders into which the owner has it write: without them it would run, and keep nothing
 * @param sharesTmp the owner has it put something into /tmp that others look for there
 */
export const mosquittoDropIn = (
  writable: readonly string[] = [],
  sharesTmp = false,
): string => `${HEAD}${LIMITED}NoNewPrivileges=yes
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID
ProtectSystem=full
ReadWritePaths=${[...new Set(['/etc/mosquitto', ...writable])].map((path) => `-${path}`).join(' ')}
ProtectHome=read-only
PrivateTmp=${sharesTmp ? 'no' : 'yes'}
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0027
`;
