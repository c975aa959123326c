import type { Event } from '../engine/events.js';
import type { Look } from '../engine/look.js';
import { outstandingSteps } from '../run-log/outstanding.js';
import type { DoctorFlags } from '../session/flags.js';
import type { Session } from '../session/session.js';
import { steps } from '../steps/index.js';
import { bringInPlace } from './bring-in-place.js';

/** Whether there is anything that `--fix` could do. */
export function canMend({ looks, runs }: Session): boolean {
  if (outstandingSteps(looks.filter(isMended), runs.unproved).size > 0) return true;
  return looks.some((look) => isMended(look) && look.findings.some(({ level }) => level === 'change'));
}

/**
 * Makes the changes that the findings carry, in the way of init: plan, question, guard, check again, proofs.
 * @returns the exit code
 */
export function mend(
  session: Session,
  { config, knownHosts, yes, verbose }: DoctorFlags,
  signal: AbortSignal,
): Promise<number> {
  const events: Event[] = [];
  const looks = session.looks.filter(isMended);
  const flags = {
    command: 'doctor --fix',
    brief: true,
    ...(config === undefined ? {} : { config }),
    ...(knownHosts === undefined ? {} : { knownHosts }),
    ...(yes ? { yes } : {}),
    ...(verbose ? { verbose } : {}),
  };
  return bringInPlace({ ...session, looks }, flags, signal, events);
}

/**
 * All steps, as one may need another, but those in which something is a person's to decide; of the checks those only that
 * carry a change.
 */
function isMended({ step, findings }: Look): boolean {
  const persons = findings.some(({ level }) => level === 'stop');
  const mends = findings.some(({ level }) => level === 'change');
  return !persons && (steps.includes(step) || mends);
}
