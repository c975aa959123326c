import { isInPlace } from '../engine/healthy.js';
import type { Look } from '../engine/look.js';
import type { Context, Finding } from '../engine/step.js';
import type { Unproved } from './unproved.js';

const ID = 'proofs.outstanding';

/** Pure. Steps with nothing to change whose proofs an earlier run has left outstanding; for the others they are made anyway. */
export function outstandingSteps(
  looks: readonly Look[],
  notes: readonly Unproved[],
): ReadonlyMap<string, string | undefined> {
  const inPlace = new Set(looks.filter(isInPlace).map(({ step }) => step.id));
  return new Map(notes.filter(({ step }) => inPlace.has(step)).map(({ step, failed }) => [step, failed]));
}

/** Pure. The looks with what is outstanding among their findings: it is in place, but was never seen to work. */
export function withOutstanding(
  looks: readonly Look[],
  notes: readonly Unproved[],
  context: Context,
): Look[] {
  const outstanding = outstandingSteps(looks, notes);
  return looks.map((look) => {
    const note = notes.find(({ step }) => step === look.step.id);
    return note && outstanding.has(look.step.id)
      ? { ...look, findings: [...look.findings, finding(look, note, context)] }
      : look;
  });
}

/** Pure. The looks without it: once the proofs are made again, what came of them counts. */
export const withoutOutstanding = (looks: readonly Look[]): Look[] =>
  looks.map((look) => ({ ...look, findings: look.findings.filter(({ id }) => id !== ID) }));

function finding({ step }: Look, { failed }: Unproved, context: Context): Finding {
  const proof = step.proofs(context).find(({ id }) => id === failed);
  return {
    id: ID,
    level: 'warn',
    summary: proof
      ? `Not verified since the last change: “${proof.title}” did not hold, and no run has seen it hold since`
      : `Not verified since the last change: a run ended before it had checked from outside that “${step.title}” works`,
    hint: 'The next run of broker-setup init makes these checks again, and reports success only when all hold.',
  };
}
