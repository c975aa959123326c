import type { FailureGroup } from './case.js';

export const CERTIFICATES: FailureGroup = {
  title: 'Certificates',
  cases: [],
};
