import { standIn } from '../emqx/packages.js';
import { describeEmqx } from '../emqx/set-up.js';

// All versions, and what is done with them afterwards: test/e2e/nightly/emqx.test.ts.
describeEmqx(await standIn('5.8.9', 'bookworm'));
