import { REDUCED } from '../../faults/cases.js';
import { describeMatrix } from '../../faults/describe.js';
import { packaged } from '../snapshot.js';

// All of it: test/e2e/nightly/matrix.test.ts.
await describeMatrix(REDUCED, packaged);
