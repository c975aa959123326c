import { expect, it } from 'vitest';
import { directives } from '../../../src/brokers/mosquitto/directives.js';
import { looseLimits, ourLimits } from '../../../src/brokers/mosquitto/limits.js';

const OWN = '/etc/mosquitto/conf.d/own.conf';
const own = (text: string) => directives(OWN, text);
const names = (text: string) => ourLimits(own(text)).map(({ name }) => name);
const loose = (text: string) => looseLimits(own(text)).map(({ id, level, summary }) => [id, level, summary]);

it('case 190: limits packets, messages and queues where the owner says nothing', () => {
  expect(names('')).toEqual([
    'max_packet_size',
    'message_size_limit',
    'max_queued_messages',
    'max_queued_bytes',
  ]);
  expect(loose('')).toEqual([]);
});

it('case 191: a limit of the owner stays, whether it allows more or less', () => {
  expect(names('max_packet_size 200000\n')).not.toContain('max_packet_size');
  expect(names('max_packet_size 6000000\n')).not.toContain('max_packet_size');
  expect(names('max_queued_messages 50000\n')).toEqual(['max_packet_size', 'message_size_limit']);
});

it.each([
  ['max_packet_size 200000', []],
  ['max_packet_size 6000000', ['max_packet_size 6000000']],
  ['message_size_limit 0', ['message_size_limit 0']],
  // The last line counts.
  ['max_packet_size 6000000\nmax_packet_size 1000', []],
  ['max_queued_messages 0', ['max_queued_messages 0']],
  // One of the two limits is enough.
  ['max_queued_messages 0\nmax_queued_bytes 1000000', []],
  ['max_queued_messages 500\nmax_queued_bytes 0', []],
  ['max_queued_messages 0\nmax_queued_bytes 0', ['max_queued_messages 0', 'max_queued_bytes 0']],
  // Mosquitto itself says what is wrong with this one.
  ['max_packet_size lots', []],
])('case 191: “%s” is reported where it allows more than the default', (text, expected) => {
  const found = loose(text);
  expect(found.map(([, , summary]) => /says “(.*)”:/.exec(summary ?? '')?.[1])).toEqual(expected);
  expect(new Set(found.map(([id, level]) => `${id} ${level}`))).toEqual(
    new Set(expected.length > 0 ? ['conf-edits.limits warn'] : []),
  );
});
