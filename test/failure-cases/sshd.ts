import type { FailureGroup } from './case.js';

export const SSHD: FailureGroup = {
  title: 'The SSH server',
  cases: [],
};
