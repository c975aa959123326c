import { describe, expect, it } from 'vitest';
import { inner } from '../../../src/brokers/emqx/listeners.js';
import { tlsPorts } from '../../../src/engine/tls-ports.js';
import type { Settings } from '../../../src/settings/schema.js';
import { contextFor } from './node.js';

const doors = (other: Partial<Settings>, version = '5.8.9') => {
  const { broker, settings } = contextFor(version, other);
  return broker
    .listeners(settings)
    .map(({ id, port, transport, reach, tls }) => `${id} ${port}/${transport} ${reach}${tls ? ' tls' : ''}`);
};
const ENCRYPTED = ['mqtts 8883/tcp world tls', 'wss 8084/tcp world tls'];

describe('the doors', () => {
  it.each(['4.3.5', '5.8.9', '6.3.1'])(
    'encrypted ones, and plain MQTT for the server itself (%s)',
    (version) => {
      expect(doors({}, version)).toEqual([
        ...ENCRYPTED,
        'dashboard 18084/tcp world tls',
        'mqtt 1883/tcp loopback',
      ]);
    },
  );

  it('the plain ones as well where the guide is followed', () => {
    expect(doors({ exposure: 'guide' })).toEqual([
      ...ENCRYPTED,
      'dashboard 18084/tcp world tls',
      'mqtt 1883/tcp world',
      'ws 8083/tcp world',
    ]);
  });

  it('a dashboard for the tunnel alone', () => {
    expect(doors({ dashboard: 'tunnel' })).toContain('dashboard 18084/tcp loopback tls');
  });

  it('CoAP and LwM2M over DTLS, each on a port of its own', () => {
    expect(doors({ protocols: ['mqtt', 'coap', 'lwm2m'] }).slice(4)).toEqual([
      'coaps 5684/udp world tls',
      'lwm2ms 5784/udp world tls',
    ]);
    expect(doors({ protocols: ['lwm2m'] }).slice(4)).toEqual(['lwm2ms 5784/udp world tls']);
  });

  it('the certificate is seen on those that are encrypted', () => {
    const { broker, settings } = contextFor('5.8.9', { protocols: ['mqtt', 'coap'] });
    expect(tlsPorts(broker, settings)).toEqual(['8883', '8084', '18084', '5684/udp']);
    expect(tlsPorts(broker, settings, 'quick')).toEqual(['8883', '18084', '5684/udp']);
    // This computer speaks no DTLS, and is kept from what is for the server itself only.
    expect(tlsPorts(broker, settings, 'world')).toEqual(['8883', '8084', '18084']);
    const tunnel = contextFor('5.8.9', { protocols: ['lwm2m'], dashboard: 'tunnel' });
    expect(tlsPorts(tunnel.broker, tunnel.settings)).toEqual(['8883', '8084', '18084', '5784/udp']);
    expect(tlsPorts(tunnel.broker, tunnel.settings, 'world')).toEqual(['8883', '8084']);
  });
});

it.each([
  ['4.4.19', [18083, 8081, 11883, 4370, 5370, 4369]],
  ['5.8.9', [18083, 4370, 5370, 4369]],
])('what %s would open besides is kept from the world', (version, expected) => {
  expect(inner(version)).toEqual(expected);
  const { broker, settings } = contextFor(version, { exposure: 'guide' });
  expect(broker.inner(settings)).toEqual(expected);
  const open = broker.listeners(settings).map(({ port }) => port);
  expect(open.filter((port) => expected.includes(port))).toEqual([]);
});
