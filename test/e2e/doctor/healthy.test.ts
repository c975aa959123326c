import { describeHealthy } from './healthy.js';

// On the other release and hardened strictly: test/e2e/nightly/healthy.test.ts.
describeHealthy('bookworm');
