import type { FailureGroup } from '../case.js';
import { ACCOUNTS } from './accounts.js';
import { CAUSES } from './causes.js';
import { EMQX } from './emqx.js';
import { FIREWALLS } from './firewalls.js';
import { LIMITS } from './limits.js';
import { LOGINS } from './logins.js';
import { PATHS } from './paths.js';
import { PROOFS } from './proofs.js';
import { TRUST } from './trust.js';
import { WAITING } from './waiting.js';
import { WIZARD } from './wizard.js';
import { WORKING } from './working.js';

/** Seen on servers of people who use this program, or tried by those who attack it. */
export const FOUND_IN_USE: readonly FailureGroup[] = [
  PATHS,
  LIMITS,
  TRUST,
  PROOFS,
  WORKING,
  FIREWALLS,
  LOGINS,
  CAUSES,
  WAITING,
  ACCOUNTS,
  WIZARD,
  EMQX,
];
