import type { ProofResult } from './events.js';
import { attempts, canBeTried } from './prove.js';
import type { Outside, Proof, Step } from './step.js';

/** A proof and the step or check that it belongs to. */
interface Owned {
  step: Step;
  proof: Proof;
}

/**
 * Makes all proofs of `steps` that can be made, each once, at the same time but for those that log in.
 * @param wanted which of them to make
 */
export async function lookOutside(
  steps: readonly Step[],
  outside: Outside,
  wanted: (proof: Proof) => boolean,
): Promise<ProofResult[]> {
  const all = steps.flatMap((step): Owned[] =>
    step.proofs(outside.context).map((proof) => ({ step, proof })),
  );
  const possible = all
    .filter(({ proof }, index) => all.findIndex((other) => other.proof.id === proof.id) === index)
    .filter(({ proof }) => canBeTried(proof, outside) && wanted(proof));
  const outcome = attempts(
    possible.map(({ proof }) => proof),
    outside,
  );
  // Both at once: what waits for its turn waits for the others of its kind only.
  const results: ProofResult[] = [];
  for (const { step, proof } of possible) {
    const proved = await outcome(proof);
    results.push({ type: 'proof', step: step.id, id: proof.id, title: proof.title, proved });
  }
  return results;
}
