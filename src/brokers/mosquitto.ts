import type { Listener } from '../engine/broker-facts.js';
import type { Settings } from '../settings/schema.js';
import { sh } from '../sh.js';
import type { Broker } from './broker.js';
import { conf } from './mosquitto/conf.js';
import { MOSQUITTO, PLAIN_PORT } from './mosquitto/facts.js';
import { install } from './mosquitto/install.js';
import { takeCertificate } from './mosquitto/trial.js';

/** Mosquitto 1.6.9 (Ubuntu 20.04) to 2.x, from the distribution's archive. */
export const mosquitto: Broker = {
  id: 'mosquitto',
  title: 'Mosquitto',
  about: 'Open source (EPL-2.0), from the distribution, which also brings its security updates.',
  unit: MOSQUITTO.unit,
  packages: () => ['mosquitto'],
  listeners,
  inner: () => [],
  certificate: {
    directory: MOSQUITTO.certificates,
    fullchain: `${MOSQUITTO.certificates}/fullchain.pem`,
    privkey: `${MOSQUITTO.certificates}/privkey.pem`,
    // The broker gives up root before it reads the key (ChangeLog 2.0.0), so its group must be able to read;
    // root as owner keeps a broken-into broker from replacing it.
    owner: 'root',
    group: MOSQUITTO.user,
    reader: MOSQUITTO.user,
  },
  takeCertificate: takeCertificate(`${MOSQUITTO.certificates}/fullchain.pem`, [8883, 8084], [8084]),
  ready: sh`n=0
until systemctl -q is-active ${MOSQUITTO.unit} && ss -ltnH "sport = :${PLAIN_PORT}" | grep -q .; do
  n=$((n + 1))
  [ "$n" -le 100 ] || exit 1
  sleep 0.2
done`,
  install,
  conf,
};

function listeners({ exposure }: Pick<Settings, 'exposure'>): Listener[] {
  const plain = exposure === 'guide';
  return [
    {
      id: 'mqtts',
      title: 'MQTT over TLS',
      port: 8883,
      transport: 'tcp',
      tls: true,
      mqtt: 'tcp',
      reach: 'world',
    },
    {
      id: 'wss',
      title: 'MQTT over WebSocket and TLS',
      port: 8084,
      transport: 'tcp',
      tls: true,
      mqtt: 'websocket',
      path: '/mqtt',
      reach: 'world',
    },
    {
      id: 'mqtt',
      title: 'MQTT, unencrypted',
      port: PLAIN_PORT,
      transport: 'tcp',
      tls: false,
      mqtt: 'tcp',
      reach: plain ? 'world' : 'loopback',
    },
    ...(plain
      ? [
          {
            id: 'ws',
            title: 'MQTT over WebSocket, unencrypted',
            port: 8083,
            transport: 'tcp',
            tls: false,
            mqtt: 'websocket',
            path: '/mqtt',
            reach: 'world',
          } as const,
        ]
      : []),
  ];
}
