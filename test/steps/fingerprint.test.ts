import { expect, it } from 'vitest';
import { firstCertificate } from '../../src/fingerprint.js';
import { fingerprint } from '../../src/steps/fingerprint.js';
import { lineage } from '../../src/templates/certificate-copy.js';
import { fileIn } from '../facts.js';
import { contextWith, recorded, seen, spoiled } from '../recorded.js';

const context = contextWith();
const complete = recorded('fingerprint', 'trixie-complete');
const other = /^served-8883=(.*)$/m.exec(recorded('fingerprint', 'bookworm-complete').stdout)?.[1] ?? '';
const served = (value: string) => spoiled(complete, /^served-8883=.*$/m, `served-8883=${value}`);

it.each([
  [
    'untouched, where getting a certificate is the finding of another step',
    recorded('fingerprint', 'bookworm-untouched'),
    [],
  ],
  ['complete', complete, []],
  ['serving another certificate', served(other), ['fingerprint.served change']],
  ['serving none', served(''), ['fingerprint.served change']],
])('on a server %s', (_, output, expected) => {
  expect(seen(fingerprint, output, context)).toEqual(expected);
});

it('tells what devices pin', () => {
  const pem = fileIn(complete.recording, lineage(context.settings.domain).fullchain).content;
  const certificate = firstCertificate(pem);
  const facts = fingerprint.see(complete, context).facts.map(({ id, value }) => [id, value]);
  expect(facts).toEqual([
    ['fingerprint.sha1', certificate?.fingerprint],
    ['fingerprint.sha256', certificate?.fingerprint256],
    ['fingerprint.spki', expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/)],
    ['fingerprint.expires', '2027-02-20'],
  ]);
});

it('tells nothing where there is no certificate', () => {
  expect(fingerprint.see(recorded('fingerprint', 'bookworm-untouched'), context).facts).toEqual([]);
});

it('case 262: is not called in place where there is nothing to compare yet', () => {
  expect(fingerprint.see(recorded('fingerprint', 'bookworm-untouched'), context).absent).toBe(
    'once there is a certificate',
  );
  expect(fingerprint.see(complete, context).absent).toBeUndefined();
});
