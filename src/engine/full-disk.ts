/** What to do about a full disk, up to what comes afterwards; the same wherever it is found. */
export const FREE_SOME =
  'See what fills it with "sudo du -xh / | sort -h | tail" (where "df -h" shows another file system as full, with its folder in place of /), free some';

/** errno(3): ENOSPC, which inotify(7) has for too many watches as well, and EDQUOT; what tar says where a write fell short; apt, which counts beforehand. */
const SIGNS =
  /^(?!.*\bwatch).*No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes|have enough free space/m;

/** Pure. What to do where a program's words mean that the disk has become full; undefined where they do not. */
export function fullDisk(words: string): string | undefined {
  return SIGNS.test(words)
    ? `The disk of the server is full. ${FREE_SOME}, then run the same command again: what was done before stays.`
    : undefined;
}
