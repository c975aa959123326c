import { Cancelled, SetupError } from '../errors.js';
import type { Patience } from '../host/ssh/patience.js';
import { clean } from '../sanitize.js';
import type { Emit } from './events.js';
import type { Outside, Proof, Proved } from './step.js';

/** For how long the logins of one step are tried again, in milliseconds: the guard on the server waits for 90 seconds. */
const PATIENCE_MS = 60_000;

/**
 * Makes proofs and reports each, in their order.
 * @param must what counts as failure: a proof that could not be made stops a run only where the way in depends on it
 * @param stop ends the wait for a proof at once, and nothing is proved then
 * @param again the proof that did not hold the last time: that it cannot be made now is no success
 * @throws SetupError proof-failed at the first that fails; Cancelled after `stop` fired
 */
export async function prove(
  step: string,
  proofs: readonly Proof[],
  outside: Outside,
  emit: Emit,
  must: 'hold' | 'not-fail',
  stop?: AbortSignal,
  again?: string,
): Promise<void> {
  const possible = proofs.filter((one) => canBeTried(one, outside));
  const patience: Patience = {
    until: performance.now() + PATIENCE_MS,
    ...(stop ? { stop } : {}),
    say: (text) => emit({ type: 'wait', step, text: clean(text) }),
  };
  const outcome = attempts(possible, { ...outside, login: (as) => outside.login(as, patience) });
  for (const proof of possible) {
    const proved = await unlessStopped(outcome(proof), stop);
    emit({ type: 'proof', step, id: proof.id, title: proof.title, proved });
    if (proved.ok === false || ((must === 'hold' || proof.id === again) && !proved.ok)) {
      throw new SetupError(`Not true, seen from outside: ${proof.title} (${proved.detail}).`, {
        code: 'proof-failed',
        ...(proved.hint === undefined ? {} : { hint: proved.hint }),
      });
    }
  }
}

/** What is behind a proof (a login to a peer that says nothing) goes on for as long as its own limit, and nobody waits for it. */
async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal | undefined): Promise<T> {
  if (!stop) return work;
  let cancel: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    cancel = () => reject(new Cancelled());
    stop.addEventListener('abort', cancel, { once: true });
    if (stop.aborted) cancel();
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    stop.removeEventListener('abort', cancel);
  }
}

/** A proof that needs what nobody has is left out; it is not "could not be checked". */
export function canBeTried(proof: Proof, { made }: Outside): boolean {
  return proof.needs === undefined || made[proof.needs] !== undefined;
}

/**
 * Starts all proofs but those that wait for their turn, which begin when their outcome is asked for. A firewall's silence
 * takes seconds to prove: meanwhile the others are made.
 * @returns the outcome of one of `proofs`; never rejects
 */
function attempts(proofs: readonly Proof[], outside: Outside): (proof: Proof) => Promise<Proved> {
  const begun = new Map(
    proofs.filter((proof) => !proof.inTurn).map((proof) => [proof, attempt(proof, outside)]),
  );
  return (proof) => begun.get(proof) ?? attempt(proof, outside);
}

/** A proof that crashes is "could not be checked": it neither holds nor hides the others. */
export async function attempt(proof: Proof, outside: Outside | Promise<Outside>): Promise<Proved> {
  try {
    return await proof.run(await outside);
  } catch (error) {
    return { ok: undefined, detail: error instanceof Error ? error.message : String(error) };
  }
}
