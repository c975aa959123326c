import type { ProofResult } from './events.js';
import type { Look } from './look.js';

/** Pure. Checked, and nothing to do; what is only worth knowing does not count. */
export function isInPlace({ unknown, findings }: Look): boolean {
  return unknown === undefined && findings.every((finding) => finding.level === 'warn');
}

/** Pure. True only where everything was checked and holds; what could not be checked is never healthy. */
export function isHealthy(looks: readonly Look[], proofs: readonly ProofResult[]): boolean {
  return looks.every(isInPlace) && proofs.every(({ proved }) => proved.ok === true);
}
