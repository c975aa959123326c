import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A path that is not absolute counts as none: the specification says so. */
function base(variable: string, fallback: string): string {
  const given = process.env[variable] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), fallback), 'broker-setup');
}

/** What may be deleted at any time without loss: XDG Base Directory Specification. */
export const cacheFolder = () => base('XDG_CACHE_HOME', '.cache');

/** What is to last between runs: XDG Base Directory Specification. */
export const stateFolder = () => base('XDG_STATE_HOME', '.local/state');
