import { expect, it } from 'vitest';
import { parseDoor } from '../../src/commands/host-port.js';
import { UsageError } from '../../src/errors.js';

it.each([
  ['mqtt.example.org', 'mqtt.example.org', 8883],
  ['mqtt.example.org:443', 'mqtt.example.org', 443],
  ['MQTT.Example.org', 'mqtt.example.org', 8883],
  ['brücke.example', 'xn--brcke-lva.example', 8883],
  ['my_server:1', 'my_server', 1],
  ['192.0.2.7', '192.0.2.7', 8883],
  ['192.0.2.7:65535', '192.0.2.7', 65_535],
  ['2001:db8::1', '2001:db8::1', 8883],
  ['::1', '::1', 8883],
  ['fe80::1%eth0', 'fe80::1%eth0', 8883],
  ['[2001:db8::1]', '2001:db8::1', 8883],
  ['[2001:db8::1]:8084', '2001:db8::1', 8084],
])('%s is a host', (text, address, port) => {
  expect(parseDoor(text)).toEqual({ address, port, servername: address });
});

it.each([
  '',
  ':8883',
  'mqtt.example.org:',
  'mqtt.example.org:0',
  'mqtt.example.org:65536',
  'mqtt.example.org:mqtt',
  'mqtts://mqtt.example.org',
  'ada@mqtt.example.org',
  'a b',
  '[mqtt.example.org]:8883',
  '[192.0.2.7]:8883',
  '2001:db8::1::8883',
])('%j is none', (text) => {
  expect(() => parseDoor(text)).toThrow(UsageError);
});
