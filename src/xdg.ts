import { homedir } from 'node:os';
import { join } from 'node:path';

const base = (variable: string, fallback: string) =>
  join(process.env[variable] || join(homedir(), fallback), 'broker-setup');

/** What may be deleted at any time without loss: XDG Base Directory Specification. */
export const cacheFolder = () => base('XDG_CACHE_HOME', '.cache');

/** What is to last between runs: XDG Base Directory Specification. */
export const stateFolder = () => base('XDG_STATE_HOME', '.local/state');
