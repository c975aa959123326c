import type { Sh } from '../sh.js';
import type { Guardian } from './guard.js';
import type { Finding, MadePassword, Step } from './step.js';

/** What is recorded: a finding's change, or another that no finding asked for. */
export type Recordable = Pick<Finding, 'summary' | 'change'> & { id?: string };

/** Notes on the server of what nobody has seen working yet; written with the next change, and at the end of the run. */
export interface ProofNotes {
  /** Something is changed on which the proofs of these steps depend. */
  due(steps: readonly string[]): void;
  /** All proofs of this step hold. */
  held(step: string): void;
  /** A proof of this step does not hold. */
  failed(step: string, proof: string): void;
}

/** Writes down on the server what a run does there. */
export interface Recorder {
  /**
   * The script of a change, so that it is done whole, logged, and can be undone.
   * @param before shell that exits where the change must not be made, and is no part of it
   */
  recorded(step: Pick<Step, 'id' | 'title'>, what: Recordable, script: Sh, before?: Sh): Sh;
  /** What becomes of the guarded change of a step. */
  guarded(step: Pick<Step, 'title'>): Guardian;
  notes: ProofNotes;
  /** A proof that needed this password held, so the account works. */
  confirmed(password: MadePassword): void;
}
