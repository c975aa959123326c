import type { FailureGroup } from './case.js';

export const FIRST_BOOT: FailureGroup = {
  title: 'First boot and packages',
  cases: [],
};
