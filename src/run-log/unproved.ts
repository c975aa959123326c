import type { Answers } from '../engine/answers.js';
import type { ProofNotes } from '../engine/record.js';
import { STATE_FOLDER } from '../server-folders.js';
import { lines, type Sh, sh, verbatim } from '../sh.js';

/**
 * Steps that were changed, or that depend on a change, and whose proofs have not held since. One file per step: the run that
 * changed something, and the proof that failed, if one did. A run that is killed between a change and its proofs leaves them too.
 */
export const UNPROVED = `${STATE_FOLDER}/unproved`;

/** What the server has noted of one step. */
export interface Unproved {
  step: string;
  /** The proof that did not hold; undefined where a run ended before it had made all of them. */
  failed: string | undefined;
}

/** Shell that answers `unproved-STEP=RUN PROOF` for each. */
export const tellUnproved: Sh = sh`for note in ${UNPROVED}/*; do
  [ ! -f "$note" ] || { said=; read -r said <"$note"; printf 'unproved-%s=%s\\n' "\${note##*/}" "$said"; }
done`;

/** Pure. */
export function parseUnproved(told: Answers): Unproved[] {
  return [...told].flatMap(([name, said]) => {
    const [, step] = /^unproved-([a-z0-9-]+)$/.exec(name) ?? [];
    if (step === undefined) return [];
    const [, failed] = said.split(' ');
    return [{ step, failed: failed && /^[a-z0-9.-]+$/.test(failed) ? failed : undefined }];
  });
}

/** Shell that drops what this run has noted: it was undone. */
export const forgetUnproved = (run: string): Sh => sh`for note in ${UNPROVED}/*; do
  [ ! -f "$note" ] || { said=; read -r said _ <"$note"; [ "$said" != ${run} ] || rm -f "$note"; }
done`;

/** The notes of one run: kept in memory, and written with its next script. */
export function proofNotes(run: string): ProofNotes & { pending(): Sh } {
  const known = new Set<string>();
  let unwritten: Sh[] = [];
  return {
    due(steps) {
      const more = steps.filter((step) => !known.has(step));
      for (const step of more) known.add(step);
      if (more.length > 0)
        unwritten.push(sh`mkdir -p -m 0700 ${UNPROVED}
for step in ${more}; do [ -e ${UNPROVED}/"$step" ] || echo ${run} >${UNPROVED}/"$step"; done`);
    },
    held(step) {
      known.delete(step);
      unwritten.push(sh`rm -f ${`${UNPROVED}/${step}`}`);
    },
    failed(step, proof) {
      known.add(step);
      unwritten.push(sh`mkdir -p -m 0700 ${UNPROVED}
echo ${`${run} ${proof}`} >${`${UNPROVED}/${step}`}`);
    },
    pending() {
      const script = unwritten.length === 0 ? verbatim(':') : lines(...unwritten);
      unwritten = [];
      return script;
    },
  };
}
