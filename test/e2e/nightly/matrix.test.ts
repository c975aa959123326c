import { cases, FAULTS, POSITIONS } from '../../faults/cases.js';
import { describeMatrix } from '../../faults/describe.js';
import { driftsOn } from '../drifts.js';

const steps = [...new Set(driftsOn('bookworm').map(({ step }) => step))];
await describeMatrix(cases({ steps, faults: FAULTS, positions: POSITIONS }));
