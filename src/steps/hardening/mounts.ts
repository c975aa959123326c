import { HEAD } from './head.js';

export const TMP_MOUNT = '/etc/systemd/system/tmp.mount';

/** The unit that Debian 13 has by itself and Debian 12 ships switched off (file-hierarchy(7), systemd.special(7)). */
export const tmpMount = `${HEAD}[Unit]
Description=Temporary files
ConditionPathIsSymbolicLink=!/tmp
DefaultDependencies=no
Conflicts=umount.target
Before=local-fs.target umount.target
After=swap.target

[Mount]
What=tmpfs
Where=/tmp
Type=tmpfs
Options=mode=1777,strictatime,nosuid,nodev,size=50%%

[Install]
WantedBy=local-fs.target
`;

export const SHARED_MEMORY = {
  path: '/etc/systemd/system/broker-setup-shared-memory.service',
  unit: 'broker-setup-shared-memory.service',
} as const;

/** systemd mounts /dev/shm by itself and asks nobody how; a line in /etc/fstab with a mistake would stop the server at its start. */
export const sharedMemoryService = `${HEAD}[Unit]
Description=No programs in shared memory
DefaultDependencies=no
Before=sysinit.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount -o remount,nosuid,nodev,noexec /dev/shm
ExecStop=/bin/mount -o remount,nosuid,nodev,exec /dev/shm

[Install]
WantedBy=sysinit.target
`;
