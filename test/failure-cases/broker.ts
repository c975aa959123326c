import type { FailureGroup } from './case.js';

export const BROKER: FailureGroup = {
  title: 'The broker',
  cases: [],
};
