import { ALREADY_THERE } from './already-there.js';
import { BEYOND } from './beyond.js';
import { BROKER } from './broker.js';
import type { FailureGroup } from './case.js';
import { CERTIFICATES } from './certificates.js';
import { ENVIRONMENT } from './environment.js';
import { FIREWALL } from './firewall.js';
import { FIRST_BOOT } from './first-boot.js';
import { FOUND_IN_USE } from './found-in-use/index.js';
import { GETTING_IN } from './getting-in.js';
import { IDENTITY } from './identity.js';
import { SSHD } from './sshd.js';

/** All known cases, in the order of docs/failure-cases.md. */
export const GROUPS: readonly FailureGroup[] = [
  GETTING_IN,
  FIRST_BOOT,
  IDENTITY,
  SSHD,
  FIREWALL,
  CERTIFICATES,
  BROKER,
  ENVIRONMENT,
  BEYOND,
  ALREADY_THERE,
  ...FOUND_IN_USE,
];
