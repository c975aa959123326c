/** Where the packages of Debian and Ubuntu put things; the same in all supported releases. */
export const MOSQUITTO = {
  package: 'mosquitto',
  unit: 'mosquitto.service',
  /** System user and group that the broker runs as. */
  user: 'mosquitto',
  etc: '/etc/mosquitto',
  conf: '/etc/mosquitto/mosquitto.conf',
  includes: '/etc/mosquitto/conf.d',
  /** The one file of ours among the includes. */
  ours: '/etc/mosquitto/conf.d/broker-setup.conf',
  passwords: '/etc/mosquitto/passwd',
  certificates: '/etc/mosquitto/certs',
  /** Our drop-in of the unit. */
  dropIn: '/etc/systemd/system/mosquitto.service.d/broker-setup.conf',
  log: '/var/log/mosquitto/mosquitto.log',
} as const;

/** Open on loopback in every set-up, and right after the package was installed: what `ready` looks at. */
export const PLAIN_PORT = 1883;
