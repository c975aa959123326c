import { expect, it } from 'vitest';
import { canMend } from '../../src/commands/mend.js';
import type { Finding } from '../../src/engine/step.js';
import type { Session } from '../../src/session/session.js';
import { finding, lookAt, part } from '../doctor/parts.js';

const session = (...findings: Finding[]) =>
  ({
    looks: [lookAt(part('ufw')), lookAt(part('system'), { findings })],
    runs: { unproved: [] },
  }) as unknown as Session;

it.each<[string, Finding[], boolean]>([
  ['nothing was found', [], false],
  ['only a person can mend it', [finding({ level: 'stop' }), finding({ level: 'warn' })], false],
  ['one of several carries its change', [finding({ level: 'warn' }), finding({ level: 'change' })], true],
  ['a person must first decide', [finding({ level: 'stop' }), finding({ level: 'change' })], false],
  ['it could wait', [finding({ level: 'change', minor: true })], true],
])('where %s', (_, findings, expected) => {
  expect(canMend(session(...findings))).toBe(expected);
});
