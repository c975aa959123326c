import type { FailureGroup } from './case.js';

export const BEYOND: FailureGroup = {
  title: 'Beyond the list',
  cases: [],
};
