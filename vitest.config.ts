import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

// Scripts are tried with a folder of this machine in place of a server's paths, none of which ever takes quotes.
if (/[^\w./-]/.test(tmpdir())) process.env.TMPDIR = '/tmp';

const minutes = (count: number) => count * 60_000;

/** What needs no server. A file costs more to load than to run, so a worker keeps what it has loaded. */
const light = {
  isolate: false,
  maxWorkers: '100%',
  // Only to end what hangs: on a busy machine, scripts that are really run take many times as long.
  testTimeout: minutes(1),
  hookTimeout: minutes(1),
} as const;

/** What boots real servers: a file keeps less than three quarters of a core at work. The limits are only to end what hangs. */
const heavy = { maxWorkers: 3, testTimeout: minutes(10), hookTimeout: minutes(10) } as const;

const CORE = 'test/e2e/core/**/*.test.ts';

export default defineConfig({
  test: {
    environment: 'node',
    teardownTimeout: minutes(1),
    projects: [
      {
        extends: true,
        test: {
          ...light,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{e2e,packaging}/**'],
        },
      },
      {
        extends: true,
        // Those that the unit tests make a few of, in their great number.
        test: { ...light, name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], env: { FUZZ: 'full' } },
      },
      {
        extends: true,
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          globalSetup: 'test/packaging/pack.ts',
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
      {
        extends: true,
        // What `npm test` runs on real servers, beside the unit tests.
        test: { ...heavy, maxWorkers: 2, name: 'core', include: [CORE] },
      },
      {
        extends: true,
        test: {
          ...heavy,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/{core,nightly}/**'],
        },
      },
      {
        extends: true,
        test: { ...heavy, name: 'nightly', include: ['test/e2e/nightly/**/*.test.ts'] },
      },
    ],
  },
});
