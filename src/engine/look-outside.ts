import type { ProofResult } from './events.js';
import { attempt, canBeTried } from './prove.js';
import type { Outside, Proof, Proved, Step } from './step.js';

/** A proof and the step or check that it belongs to. */
interface Owned {
  step: Step;
  proof: Proof;
}

/**
 * Makes all proofs of `steps` that can be made, each once and all at the same time: a check-up tries two logins that are
 * to be refused, and waits for none of them.
 * @param wanted which of them to make
 * @param logins the eyes of those that log in, once what they need is known
 * @param known what one that logs in would see, where that is known without trying
 */
export async function lookOutside(
  steps: readonly Step[],
  outside: Outside,
  wanted: (proof: Proof) => boolean,
  logins: Promise<Outside> = Promise.resolve(outside),
  known: (proof: Proof) => Promise<Proved | undefined> = () => Promise.resolve(undefined),
): Promise<ProofResult[]> {
  const all = steps.flatMap((step): Owned[] =>
    step.proofs(outside.context).map((proof) => ({ step, proof })),
  );
  const possible = all
    .filter(({ proof }, index) => all.findIndex((other) => other.proof.id === proof.id) === index)
    .filter(({ proof }) => canBeTried(proof, outside) && wanted(proof));
  return Promise.all(
    possible.map(async ({ step, proof }) => {
      const seen = proof.inTurn ? await known(proof).catch(() => undefined) : undefined;
      const proved = seen ?? (await attempt(proof, proof.inTurn ? logins : outside));
      return { type: 'proof', step: step.id, id: proof.id, title: proof.title, proved };
    }),
  );
}
