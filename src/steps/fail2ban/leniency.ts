import { isIPv6 } from 'node:net';

/** How strict the running jail is, as fail2ban itself says: seconds, and addresses or networks it never bans. */
export interface Strictness {
  ignored: readonly string[];
  maxretry: number;
  findtime: number;
  /** Negative: for ever. */
  bantime: number;
  /** What it does to ban. */
  actions: readonly string[];
}

/** Guesses a day that one address may make; fail2ban as it is shipped allows 720, our jail 2,880. */
const TOO_MANY = 100_000;

const DAY = 86_400;

/** Pure. Undefined where the running jail was not asked, or did not answer. @param stdout what tellWatching prints */
export function parseStrictness(stdout: string): Strictness | undefined {
  const told = new Map(
    [...stdout.matchAll(/^jail=(\w+): ?(.*)$/gm)].map(([, name, value = '']) => [name, value]),
  );
  const words = (name: string) => (told.get(name) ?? '').split(/\s+/).filter(Boolean);
  // fail2ban tells 0 as nothing.
  const seconds = (name: string) => Number(told.get(name) || 0);
  if (!['ignoreip', 'maxretry', 'findtime', 'bantime', 'actions'].every((name) => told.has(name)))
    return undefined;
  const strictness = {
    ignored: words('ignoreip'),
    maxretry: seconds('maxretry'),
    findtime: seconds('findtime'),
    bantime: seconds('bantime'),
    actions: words('actions'),
  };
  return [strictness.maxretry, strictness.findtime, strictness.bantime].every(Number.isFinite)
    ? strictness
    : undefined;
}

/**
 * Pure. Networks in a list of addresses that are no one’s own: larger than all private ones, of which 10.0.0.0/8 and fc00::/7 are the
 * largest (RFC 1918, RFC 4193).
 */
export const tooWide = (list: readonly string[]): string[] =>
  list.filter((one) => {
    // fail2ban says 0.0.0.0 for 0.0.0.0/0 (seen with 1.0.2).
    if (one === '0.0.0.0' || one === '::') return true;
    const [base = '', mask] = one.split('/');
    if (mask === undefined) return false;
    return Number(mask) < (isIPv6(base) ? 7 : 8);
  });

/** Pure. Why the jail hardly bans anybody, as a sentence without its full stop; undefined where it does. */
export function leniency({ ignored, maxretry, findtime, bantime, actions }: Strictness): string | undefined {
  const wide = tooWide(ignored);
  if (wide.length > 0) return `it is told to ignore ${wide.join(', ')} (ignoreip)`;
  if (actions.length === 0) return 'it is told to do nothing about them (action)';
  // An attacker either stays below the limit, or is banned each time and waits.
  const unseen = (DAY * Math.max(0, maxretry - 1)) / Math.max(1, findtime);
  const banned = bantime < 0 ? 0 : (DAY * maxretry) / Math.max(1, bantime);
  const guesses = Math.round(Math.max(unseen, banned));
  if (guesses <= TOO_MANY) return undefined;
  return `one address may guess ${guesses} times a day (maxretry ${maxretry}, findtime ${findtime} s, bantime ${bantime} s)`;
}
