import { CONF_FOLDER, STATE_FOLDER } from '../server-folders.js';

const NAME = 'broker-setup-watch';

/** Where the daily watch lies on the server, and what its units are called. */
export const WATCH = {
  script: '/usr/local/lib/broker-setup/watch',
  /** Who is told. Whoever knows a webhook or a topic can use it, so this is root's alone. */
  conf: `${CONF_FOLDER}/watch.conf`,
  service: `${NAME}.service`,
  timer: `${NAME}.timer`,
  serviceFile: `/etc/systemd/system/${NAME}.service`,
  timerFile: `/etc/systemd/system/${NAME}.timer`,
  /** What `systemctl enable` makes of WantedBy=timers.target (systemd.unit(5)). */
  wanted: `/etc/systemd/system/timers.target.wants/${NAME}.timer`,
  /** Where systemd remembers when a timer with Persistent= fired the last time (systemd.timer(5)). */
  stamp: `/var/lib/systemd/timers/stamp-${NAME}.timer`,
  state: `${STATE_FOLDER}/watch`,
  /** One line about the last run: when, then `ok` or `FAILED: why`. */
  last: `${STATE_FOLDER}/watch/last`,
} as const;

/** Where sendmail(8) is, whichever mail server provides it (Debian Policy section 11.6). */
export const SENDMAIL = '/usr/sbin/sendmail';
