import type { ProofResult } from './events.js';
import type { Look } from './look.js';

/** Pure. True only where everything was checked and holds; what could not be checked is never healthy. */
export function isHealthy(looks: readonly Look[], proofs: readonly ProofResult[]): boolean {
  return (
    looks.every(
      (found) => found.unknown === undefined && found.findings.every((one) => one.level === 'warn'),
    ) && proofs.every(({ proved }) => proved.ok === true)
  );
}
