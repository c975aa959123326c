import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { summary } from '../../src/ui/summary.js';
import { contextWith } from '../recorded.js';

const shown = (agentKeys: number, alias?: string): string => {
  const context = contextWith({ laptop: { agentKeys } });
  const key = { ...context.settings.key, ...(alias ? { alias } : {}) };
  const settings = { ...context.settings, key };
  const change = {
    type: 'change' as const,
    step: 'user',
    finding: { id: 'user.password' as const, level: 'change' as const, summary: 'Set it' },
  };
  const input = { settings, context, outcomes: [], config: 'broker.yaml', repeat: 'again', seconds: 1 };
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
