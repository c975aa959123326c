import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { Fact } from '../../src/engine/step.js';
import { summary } from '../../src/ui/summary.js';
import { tryLines } from '../../src/ui/try-line.js';
import { contextWith } from '../recorded.js';

const shown = (agentKeys: number, alias?: string, facts: Fact[] = []): string => {
  const context = contextWith({ laptop: { agentKeys } });
  const key = { ...context.settings.key, ...(alias ? { alias } : {}) };
  const settings = { ...context.settings, key };
  const change = {
    type: 'change' as const,
    step: 'user',
    finding: { id: 'user.password' as const, level: 'change' as const, summary: 'Set it' },
  };
  const outcomes = [{ step: 'fingerprint', changed: [], warnings: [], facts }];
  const input = {
    settings,
    context,
    outcomes,
    config: 'broker.yaml',
    repeat: 'again',
    doctor: 'look',
    run: '20261124-143005-1a2b',
    seconds: 1,
  };
  return stripVTControlCharacters(summary({ ...input, events: [change] }));
};

it.each([
  [0, undefined, 'ssh -i /home/me/.ssh/broker researcher@203.0.113.7'],
  [2, undefined, 'ssh -i /home/me/.ssh/broker researcher@203.0.113.7'],
  [9, undefined, 'ssh -o IdentitiesOnly=yes -i /home/me/.ssh/broker researcher@203.0.113.7'],
  [9, 'mqtt', 'ssh mqtt'],
])('case 5: with %i keys in the agent, and the entry %s, you log in with: %s', (keys, alias, command) => {
  expect(shown(keys, alias)).toContain(`Log in\n  ${command}\n`);
});

it('tells of the certificate what belongs to it, and the rest where it is worth knowing, no line too long', () => {
  const text = shown(0, undefined, [
    { id: 'hardening.held', label: 'Held by the host of this container', value: 'kernel.one, '.repeat(8) },
    { id: 'fingerprint.sha1', label: 'SHA-1', value: 'AB:CD' },
  ]);
  expect(text).toContain('devices that pin it\n  SHA-1\n    AB:CD\n');
  expect(text).toContain('Worth knowing\n  · Held by the host of this container: kernel.one,');
  expect(
    Math.max(...text.split('\n').map((line) => (line.startsWith('  read -rs ') ? 0 : line.length))),
  ).toBeLessThan(80);
});

it('case 266: the end has a line to paste that publishes and receives, and what is next', () => {
  const text = shown(0);
  expect(text).toMatch(
    /^ {2}read -rs P && mosquitto_rr -h \S+ -p 8883 --tls-use-os-certs -u device-1 -P "\$P" -t try -e try -m "It works"$/m,
  );
  expect(text).toContain('What next\n  Check the server at any time:\n    look\n');
});

it('case 266: a run with nothing to do tells addresses and the login as well', () => {
  const context = contextWith({ laptop: { agentKeys: 0 } });
  const input = { settings: context.settings, context, outcomes: [], config: 'broker.yaml' };
  const text = stripVTControlCharacters(
    summary({ ...input, repeat: 'again', doctor: 'look', knownHosts: '/k', seconds: 1, events: [] }),
  );
  expect(text).toContain('Nothing to do');
  expect(text).toContain('ssh -o UserKnownHostsFile=/k -i');
  expect(text).toMatch(/^ {2}mqtts:\/\//m);
});

it('names the run in the command that undoes it', () => {
  expect(shown(0)).toMatch(
    /^ {2}Undo this run:\n {4}.*broker-setup undo 20261124-143005-1a2b --config broker.yaml$/m,
  );
});

it('case 266: with a private authority its roots are named; elsewhere than on Windows no password is on the line', () => {
  const { settings, broker } = contextWith();
  const trial = { listeners: broker.listeners(settings), settings };
  const own = { ...settings, certificate: { ...settings.certificate, ca_bundle: '/ca.pem' } };
  expect(tryLines({ ...trial, settings: own })[1]).toContain('--cafile /ca.pem');
  expect(tryLines({ ...trial, platform: 'win32' })[1]).toMatch(/^mosquitto_rr .* -P PASSWORD /);
});
