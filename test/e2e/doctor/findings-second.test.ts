import { describe } from 'vitest';
import { testFindings } from './findings.js';

describe('what doctor finds on a server that is broken in several places at once, second half', () =>
  testFindings(1));
