import { SetupError } from '../errors.js';
import type { Emit } from './events.js';
import type { Outside, Proof, Proved } from './step.js';

/**
 * Runs proofs one after the other, as servers count logins, and reports each.
 * @param must what counts as failure: a proof that could not be made stops a run only where the way in depends on it
 * @throws SetupError proof-failed at the first that fails
 */
export async function prove(
  step: string,
  proofs: readonly Proof[],
  outside: Outside,
  emit: Emit,
  must: 'hold' | 'not-fail',
): Promise<void> {
  for (const proof of proofs.filter((one) => canBeTried(one, outside))) {
    const proved = await attempt(proof, outside);
    emit({ type: 'proof', step, id: proof.id, title: proof.title, proved });
    if (proved.ok === false || (must === 'hold' && !proved.ok)) {
      throw new SetupError(`Not true, seen from outside: ${proof.title} (${proved.detail}).`, {
        code: 'proof-failed',
        ...(proved.hint === undefined ? {} : { hint: proved.hint }),
      });
    }
  }
}

/** A proof that needs what nobody has is left out; it is not "could not be checked". */
export function canBeTried(proof: Proof, { devicePassword }: Outside): boolean {
  return proof.needs !== 'device-password' || devicePassword !== undefined;
}

/** A proof that crashes is "could not be checked": it neither holds nor hides the others. */
export async function attempt(proof: Proof, outside: Outside): Promise<Proved> {
  try {
    return await proof.run(outside);
  } catch (error) {
    return { ok: undefined, detail: error instanceof Error ? error.message : String(error) };
  }
}
