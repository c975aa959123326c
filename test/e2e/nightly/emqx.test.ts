import { emqxPackages } from '../emqx/packages.js';
import { describeEmqx } from '../emqx/set-up.js';

for (const one of await emqxPackages()) describeEmqx(one);
