/** Where the server keeps what broker-setup wants to remember between runs: copies of files, the guard, the daily watch. */
export const STATE_FOLDER = '/var/lib/broker-setup';

/** What people may want to read afterwards: each run, and what apt and certbot said. */
export const LOG_FOLDER = '/var/log/broker-setup';

/** What is of no use after a restart: the lock, and the change that is under way. */
export const RUN_FOLDER = '/run/broker-setup';

/** What the owner of the server may want to look at, and no other program writes. */
export const CONF_FOLDER = '/etc/broker-setup';
