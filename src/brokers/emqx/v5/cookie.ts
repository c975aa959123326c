import { BLANK } from '../../../sh.js';
import { withBlock } from '../block.js';
import { digestOf, isOwners } from '../cookie.js';
import { EMQX } from '../facts.js';
import type { Seen } from '../look.js';
import type { Difference } from './differences.js';
import type { Running } from './running.js';
import { FILES } from './settings.js';

/** The cookie outside our block, whoever has chosen it. */
export function ownersCookie({ files }: Seen): string | undefined {
  const theirs = withBlock(files.get(FILES.conf)?.content ?? '', '');
  return [...theirs.matchAll(COOKIE)].at(-1)?.groups?.value?.trim();
}

/** Wherever it stands in a line, but not in a comment; of two the last counts. */
const COOKIE =
  /^(?<key>[^#\n]*?(?<![\w.-])(?:node\.)?cookie[ \t]*[=:][ \t]*"?)(?<value>[^"\s#,}][^"\n#,}]*)/gm;

/** Pure. A file with its cookies blanked. */
export const masked = (content: string): string => content.replaceAll(COOKIE, `$<key>${BLANK}`);

/** What our file for the cookie says, where it is a cookie that nobody else knows. */
export function ownCookie({ files, shippedCookies }: Seen): string | undefined {
  const cookie = /^node\.cookie = "([^"\n]+)"\n$/.exec(files.get(FILES.cookie)?.content ?? '')?.[1];
  return cookie === undefined || shippedCookies.includes(cookie) ? undefined : cookie;
}

/**
 * Pure. A running node with another cookie than its files name. One that its environment sets is the owner's, unless the package
 * contains it.
 */
export function cookieDifferences(live: Running, seen: Seen): Difference[] {
  if (live.cookie === undefined) return [];
  const isShipped = seen.shippedCookies.some((cookie) => digestOf(cookie) === live.cookie);
  const has = isShipped ? 'the cookie that its package ships with' : 'another cookie than its files name';
  if (live.environment.includes(VARIABLE)) {
    const hint = `${VARIABLE} in its environment wins over all files. Find where it is set with: systemctl cat ${EMQX.unit}`;
    return isShipped ? [{ id: 'cookie', has, ends: { hint } }] : [];
  }
  const owners = ownersCookie(seen);
  const named = isOwners(owners, seen.shippedCookies) ? owners : ownCookie(seen);
  // What a file or a variable holds in its place is not known here (6.3: file:///…).
  if (named === undefined || /^file:|\$\{/.test(named) || digestOf(named) === live.cookie) return [];
  return [{ id: 'cookie', has, ends: 'start' }];
}

const VARIABLE = 'EMQX_NODE__COOKIE';
