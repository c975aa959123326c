import { memory } from '../session/memory.js';
import type { Remembered } from './compare.js';
import type { RecentLogins } from './recent-logins.js';

/** Check-ups from outside only see less, and are compared with their like. */
export const lastCheckUp = { inside: memory<Remembered>('inside'), outside: memory<Remembered>('outside') };

export const refusedLogins = memory<RecentLogins>('logins');
