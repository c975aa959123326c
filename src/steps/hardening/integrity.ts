import { CONFINED } from '../../engine/confined.js';
import { STATE_FOLDER } from '../../server-folders.js';
import { DISTRIBUTION } from '../../server-path.js';
import { HEAD } from './head.js';

const FOLDER = `${STATE_FOLDER}/integrity`;

export const INTEGRITY = {
  conf: '/etc/aide/broker-setup.conf',
  service: '/etc/systemd/system/broker-setup-integrity.service',
  timer: 'broker-setup-integrity.timer',
} as const;

/** aide.conf(5). The database goes by the folder of the service's state; database= is the name before AIDE 0.17. */
export const aideConf = (
  old: boolean,
): string => `${HEAD}${old ? 'database' : 'database_in'}=file:${FOLDER}/db
database_out=file:${FOLDER}/db.new
gzip_dbout=no
report_url=stdout
Watched = p+u+g+s+sha256
/etc Watched
/boot Watched
/root Watched
/usr/bin Watched
/usr/sbin Watched
/usr/local Watched
/usr/lib/systemd Watched
/var/spool/cron Watched
`;

/**
 * Each day's report tells what has changed since the day before: then the database is taken anew, or the updates of weeks would
 * hide everything else. aide(1): exit codes up to 7 are differences.
 */
export const integrityService = `${HEAD}[Unit]
Description=Diary of changed files

[Service]
Type=oneshot
Environment=PATH=${DISTRIBUTION}
ExecStart=/bin/sh -c 'cd ${FOLDER} && if [ -e db ]; then how=--update; else how=--init; fi; aide --config=${INTEGRITY.conf} $how; code=$?; [ $code -le 7 ] || exit $code; mv -f db.new db'
TimeoutStartSec=1h
Nice=19
IOSchedulingClass=idle
UMask=0077
StateDirectory=${FOLDER.replace('/var/lib/', '')}
StateDirectoryMode=0700
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
PrivateNetwork=yes
${CONFINED}
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_DAC_READ_SEARCH
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@resources
`;

/** systemd.timer(5): before the morning's watch. The first time at once, for the database. */
export const integrityTimer = `${HEAD}[Unit]
Description=Daily diary of changed files

[Timer]
OnActiveSec=1min
OnCalendar=*-*-* 03:00
Persistent=true

[Install]
WantedBy=timers.target
`;
