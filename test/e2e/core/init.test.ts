import { afterAll, describe } from 'vitest';
import { firstRun } from '../first-run.js';

describe('init on a fresh bookworm, hardening: standard', () => {
  const on = firstRun('bookworm', 'standard');
  afterAll(() => on()?.down());
});
