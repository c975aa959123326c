import type { Settings } from '../../settings/schema.js';

export type Profile = Settings['hardening'];

/** Whether what belongs to `of` is part of the profile that was chosen: strict holds all of standard. */
export const isIn = (of: Profile, chosen: Profile): boolean => of === 'standard' || chosen === 'strict';
