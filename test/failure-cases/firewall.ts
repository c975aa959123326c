import type { FailureGroup } from './case.js';

export const FIREWALL: FailureGroup = {
  title: 'Firewall',
  cases: [],
};
