import { STATE_FOLDER } from '../server-folders.js';

/** What the guard keeps: the copy, and how to bring it back. */
export const GUARD_FOLDER = `${STATE_FOLDER}/guard`;

/** Exists from arming until the change was confirmed or taken back. */
export const GUARD_RESTORE = `${GUARD_FOLDER}/restore`;
