import { expect, it } from 'vitest';
import { fingerprint } from '../../src/steps/fingerprint.js';
import { contextWith, recorded, seen } from '../recorded.js';

const context = contextWith();
const complete = recorded('fingerprint', 'trixie-complete');

it.each([
  ['untouched', recorded('fingerprint', 'bookworm-untouched').stdout, ['fingerprint.served change']],
  ['complete', complete.stdout, []],
  [
    'serving another certificate',
    complete.stdout.replace(/^served-8883=../m, 'served-8883=00'),
    ['fingerprint.served change'],
  ],
  [
    'serving none',
    complete.stdout.replace(/^served-8883=.*$/m, 'served-8883='),
    ['fingerprint.served change'],
  ],
])('on a server %s', (_, stdout, expected) => {
  expect(seen(fingerprint, { code: 0, stdout }, context)).toEqual(expected);
});

it('tells what devices pin', () => {
  const facts = fingerprint.see(complete, context).facts.map(({ id, value }) => [id, value]);
  expect(facts).toEqual([
    ['fingerprint.sha1', expect.stringMatching(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/)],
    ['fingerprint.sha256', /served-8883=(.*)/.exec(complete.stdout)?.[1]],
    ['fingerprint.spki', expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/)],
    ['fingerprint.expires', expect.stringMatching(/^2027-02-20T/)],
  ]);
});

it('tells nothing where there is no certificate', () => {
  expect(fingerprint.see(recorded('fingerprint', 'bookworm-untouched'), context).facts).toEqual([]);
});
