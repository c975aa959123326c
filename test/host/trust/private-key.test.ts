import { expect, it } from 'vitest';
import { publicHalf } from '../../../src/host/trust/private-key.js';

const pem = (bytes: Buffer) =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
const field = (text: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
};
const whole = Buffer.concat([
  Buffer.from('openssh-key-v1\0'),
  ...['aes256-ctr', 'bcrypt', 'salt'].map(field),
  Buffer.from([0, 0, 0, 1]),
  field('the public half'),
]);

it.each([
  ['a whole one', pem(whole), Buffer.from('the public half').toString('base64')],
  ['one that is cut off', pem(whole.subarray(0, -3)), undefined],
  ['one that is cut off before', pem(whole.subarray(0, 20)), undefined],
  ['another format', '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n', undefined],
  ['no key', 'hello', undefined],
])('the public half of %s', (_, text, half) => {
  expect(publicHalf(text)).toBe(half);
});
