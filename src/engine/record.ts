import type { Sh } from '../sh.js';
import type { Guardian } from './guard.js';
import type { Finding, Step } from './step.js';

/** What is recorded: a finding's change, or another that no finding asked for. */
export type Recordable = Pick<Finding, 'summary' | 'change'> & { id?: string };

/** Writes down on the server what a run does there. */
export interface Recorder {
  /**
   * The script of a change, so that it is done whole, logged, and can be undone.
   * @param before shell that exits where the change must not be made, and is no part of it
   */
  recorded(step: Pick<Step, 'id' | 'title'>, what: Recordable, script: Sh, before?: Sh): Sh;
  /** What becomes of the guarded change of a step. */
  guarded(step: Pick<Step, 'title'>): Guardian;
}
