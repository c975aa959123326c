import type { FailureGroup } from './case.js';

export const ENVIRONMENT: FailureGroup = {
  title: 'Around the server',
  cases: [],
};
