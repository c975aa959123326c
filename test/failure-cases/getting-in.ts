import type { FailureGroup } from './case.js';

export const GETTING_IN: FailureGroup = {
  title: 'Getting in',
  cases: [],
};
