import { expect, it } from 'vitest';
import { kindOf } from './e2e/calls.js';

it('names the kind of a run by its command and what changes its cost', () => {
  expect(kindOf(['init', '--yes', '--host-key', 'SHA256:x'])).toBe('init');
  expect(kindOf(['init', '--dry-run'])).toBe('init --dry-run');
  expect(kindOf(['doctor', '--yes', '--fix'])).toBe('doctor --fix');
});
