import { expect, it } from 'vitest';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import { renewalHook } from '../../src/steps/renewal-hook.js';
import { renewalHook as template } from '../../src/templates/renewal-hook.js';
import { contextWith, recorded, seen, spoiled, withContent } from '../recorded.js';

const context = contextWith();
const HOOK = '/etc/letsencrypt/renewal-hooks/deploy/broker-setup';
const hook = template(mosquitto, context.settings.domain, ['8883', '8084']);
const complete = withContent(recorded('renewal-hook', 'trixie-complete'), HOOK, hook);
const spoil = (from: string | RegExp, to: string) => spoiled(complete, from, to);

const BOTH = ['renewal-hook.file change', 'renewal-hook.proved change'];

it.each([
  ['untouched', recorded('renewal-hook', 'trixie-untouched'), BOTH],
  ['complete', complete, []],
  ['with another hook', withContent(complete, HOOK, '#!/bin/sh\n'), BOTH],
  ['with a hook that cannot be executed', spoil('file 0755', 'file 0644'), BOTH],
  ['with a hook of another user', spoil('file 0755 root:root', 'file 0755 you:you'), BOTH],
  ['whose hook never ran', spoil(/^.* ok sha256=.*\n/gm, ''), ['renewal-hook.proved change']],
  ['whose hook failed', spoil(/ ok sha256=/g, ' FAILED: '), ['renewal-hook.proved change']],
  [
    'whose hook ran for another certificate',
    spoil(/ ok sha256=../g, ' ok sha256=00'),
    ['renewal-hook.proved change'],
  ],
])('on a server %s', (_, output, expected) => {
  expect(seen(renewalHook, output, context)).toEqual(expected);
});

it('runs the hook as certbot does', () => {
  const script = renewalHook.see(spoil(/^.* ok sha256=.*\n/gm, ''), context).findings[0]?.change;
  expect(script).toMatchObject({
    script: {
      run: 'RENEWED_LINEAGE=/etc/letsencrypt/live/mqtt.rehearsal.test RENEWED_DOMAINS=mqtt.rehearsal.test /etc/letsencrypt/renewal-hooks/deploy/broker-setup',
    },
  });
});
