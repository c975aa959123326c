import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { Fact } from '../../src/engine/step.js';
import { summary } from '../../src/ui/summary.js';
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
  const input = { settings, context, outcomes, config: 'broker.yaml', repeat: 'again', seconds: 1 };
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
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(80);
});
