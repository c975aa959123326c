import { expect, it } from 'vitest';
import { mosquittoConf } from '../../../src/brokers/mosquitto/conf-file.js';
import { mosquitto } from '../../../src/brokers/mosquitto.js';
import { settings } from '../../recorded.js';

const conf = (exposure: 'encrypted' | 'guide') =>
  mosquittoConf(
    mosquitto.listeners({ ...settings, exposure }),
    mosquitto.certificate,
    '/etc/mosquitto/passwd',
  );

it('case 63: opens the encrypted ports, and names accounts and listeners', () => {
  expect(conf('encrypted')).toMatchInlineSnapshot(`
    "# Laid down by broker-setup, which puts it back when it differs. Your own settings belong into another
    # file beside this one; its name must end in .conf.

    # Nobody gets in without an account. These two hold for all listeners.
    allow_anonymous false
    password_file /etc/mosquitto/passwd

    # Without these one client can fill the memory. If you need more, or less, set it in your own file.
    max_packet_size 1000000
    message_size_limit 1000000
    max_queued_messages 1000
    max_queued_bytes 10000000

    # MQTT over TLS
    listener 8883
    max_connections 10000
    certfile /etc/mosquitto/certs/fullchain.pem
    keyfile /etc/mosquitto/certs/privkey.pem
    tls_version tlsv1.2

    # MQTT over WebSocket and TLS
    listener 8084
    protocol websockets
    max_connections 5000
    certfile /etc/mosquitto/certs/fullchain.pem
    keyfile /etc/mosquitto/certs/privkey.pem
    tls_version tlsv1.2

    # MQTT, unencrypted, for programs on this server only
    listener 1883 127.0.0.1
    max_connections 1000
    "
  `);
});

it('opens the plain ports to the world only for the guide', () => {
  const plain = (text: string) => text.split('\n').filter((line) => /^listener (1883|8083)/.test(line));
  expect(plain(conf('encrypted'))).toEqual(['listener 1883 127.0.0.1']);
  expect(plain(conf('guide'))).toEqual(['listener 1883', 'listener 8083']);
});

it('names certificate and key for each encrypted port, and for no other', () => {
  const sections = conf('guide')
    .split('\n\n')
    .filter((section) => section.includes('listener '));
  expect(
    sections.map((section) => [
      /listener (\d+)/.exec(section)?.[1],
      section.includes('certfile'),
      section.includes('keyfile'),
    ]),
  ).toEqual([
    ['8883', true, true],
    ['8084', true, true],
    ['1883', false, false],
    ['8083', false, false],
  ]);
});
