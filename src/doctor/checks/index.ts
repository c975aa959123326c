import type { Step } from '../../engine/step.js';
import { accounts } from './accounts.js';
import { certificate } from './certificate.js';
import { ports } from './ports.js';
import { running } from './running.js';
import { secrets } from './secrets.js';
import { system } from './system.js';
import { updates } from './updates.js';

/**
 * What only a check-up looks at: things that no step of a set-up brings about. They keep the contract of a step, so that
 * they are asked, judged and mended in the same way.
 */
export const checks: readonly Step[] = [certificate, ports, accounts, updates, running, secrets, system];
