import { describeFindings } from './emqx-findings.js';
import { SPOILS_5 } from './emqx-spoils.js';

// On one for 4.3.5: test/e2e/nightly/emqx-findings.test.ts.
describeFindings('5.8.10', ['mqtt', 'coap', 'lwm2m'], SPOILS_5);
