import { RUN_FOLDER } from '../server-folders.js';

/** Contains a file named after each exempt address. Our own jail and sshguard read the names; the content lists the jails that were told. */
export const SPARED_FOLDER = `${RUN_FOLDER}/not-banned`;

/** Read before the administrator's own files, so that what they say wins: jail.conf(5). */
export const FAIL2BAN_JAIL = '/etc/fail2ban/jail.d/00-broker-setup.conf';

/** The jail for SSH that fail2ban brings along, and its section in files. */
export const JAIL = 'sshd';

/**
 * `backend`: since Debian 12 there is no auth.log; without it fail2ban does not start (fail2ban#3292). `mode`: where passwords are off, a
 * try at an existing user is a connection that closes before the login, which the normal mode passes over (filter.d/sshd.conf).
 * It counts knocks as well, so ten within five minutes: a person with the wrong keys or a monitor makes fewer. What bans, and how,
 * is left as fail2ban has it: iptables, which ufw needs and so is there, for both families.
 * @param ports of the SSH server
 */
export const fail2banJail = (
  ports: readonly number[],
): string => `# Written by broker-setup: shuts out for a while who tries again and again to log in over SSH. Runs of it put changes here
# back. To say otherwise, write a section [${JAIL}] of your own into /etc/fail2ban/jail.local: it wins, and is left alone.
[DEFAULT]
ignoreip = 127.0.0.1/8 ::1

[${JAIL}]
enabled = true
backend = systemd
mode = aggressive
port = ${ports.join(',')}
findtime = 5m
maxretry = 10
bantime = 10m
bantime.increment = true
bantime.maxtime = 4h
# Where broker-setup is at work from, for as long as it is.
ignorecommand = test -e ${SPARED_FOLDER}/<ip>
`;
