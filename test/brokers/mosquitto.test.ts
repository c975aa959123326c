import { expect, it } from 'vitest';
import { brokerFor } from '../../src/brokers/index.js';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import { tlsPorts } from '../../src/engine/tls-ports.js';
import { settings } from '../recorded.js';

const doors = (exposure: 'encrypted' | 'guide') =>
  mosquitto
    .listeners({ ...settings, exposure })
    .map(({ id, port, reach, tls }) => `${id} ${port} ${reach}${tls ? ' tls' : ''}`);

it('opens only what is encrypted, and plain MQTT on loopback', () => {
  expect(doors('encrypted')).toEqual(['mqtts 8883 world tls', 'wss 8084 world tls', 'mqtt 1883 loopback']);
});

it('opens the plain ports as well where the guide is followed', () => {
  expect(doors('guide')).toEqual([
    'mqtts 8883 world tls',
    'wss 8084 world tls',
    'mqtt 1883 world',
    'ws 8083 world',
  ]);
});

it('is what the settings ask for', () => {
  expect(brokerFor(settings)).toBe(mosquitto);
  expect(mosquitto.packages(settings)).toEqual(['mosquitto']);
});

it('presents the certificate on two ports, one of them quick to ask', () => {
  expect(tlsPorts(mosquitto, settings)).toEqual(['8883', '8084']);
  expect(tlsPorts(mosquitto, settings, 'quick')).toEqual(['8883']);
});
