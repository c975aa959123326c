import type { FailureGroup } from './case.js';

export const IDENTITY: FailureGroup = {
  title: 'The name of the server',
  cases: [],
};
