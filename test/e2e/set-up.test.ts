import { afterAll, beforeAll, describe } from 'vitest';
import type { Ground } from './ground.js';
import { laterOn } from './later-on.js';
import { setUp } from './snapshot.js';

// The first run on it: test/e2e/core/init.test.ts.
describe('a bookworm that was set up, hardening: standard', () => {
  let on: Ground;
  beforeAll(async () => {
    on = await setUp('bookworm', { renews: true });
  });
  afterAll(() => on?.down());

  laterOn('bookworm', () => on);
});
