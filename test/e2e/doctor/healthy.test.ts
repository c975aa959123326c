import { describeHealthy } from './healthy.js';

// On the other release, with standard hardening: test/e2e/nightly/healthy.test.ts.
describeHealthy('bookworm', 'strict');
