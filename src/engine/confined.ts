/** What no unit of ours needs, systemd.exec(5): the clock, names, the kernel and its groups, namespaces, a place before all others. */
export const CONFINED = `ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes`;
