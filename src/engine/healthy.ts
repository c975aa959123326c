import type { Look } from './look.js';

/** Pure. Checked, and nothing to do; what is only worth knowing does not count. */
export function isInPlace({ unknown, findings }: Look): boolean {
  return unknown === undefined && findings.every((finding) => finding.level === 'warn');
}
