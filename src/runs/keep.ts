import { accountFiles, type Change, restorable } from '../engine/change.js';
import { SAY } from '../engine/say.js';
import { STATE_FOLDER } from '../server-folders.js';
import { asWord, lines, type Sh, sh, verbatim } from '../sh.js';
import { entriesAfter, entriesBefore } from './accounts.js';

/** What a run keeps so that it can be undone: files as they were before it first changed them, and what makes them count. */
const RUNS = `${STATE_FOLDER}/runs`;

/** Runs whose copies are kept; older ones are dropped with their logs. */
const KEPT_RUNS = 50;

/**
 * files: one path a line, in the order of their first change. before: those of them that were there.
 * after: `SHA-256  path`, as the last change of this run left it. undo/N: the shell that takes back change N.
 */
export const kept = (id: string) => {
  const folder = `${RUNS}/${id}`;
  return {
    folder,
    files: `${folder}/files`,
    before: `${folder}/before`,
    after: `${folder}/after`,
    undo: `${folder}/undo`,
  };
};

/** Pure. What makes the old files count once they are back; undefined where nothing has to. */
export function reactivation(change: Change | undefined): Sh | undefined {
  if (change?.kind === 'write') return change.undo ?? change.fallback ?? change.activate;
  if (change?.kind === 'run' && change.undo !== 'nothing') return change.undo.activate;
  return undefined;
}

/** Shell that keeps each file as it is, with owner and mode, unless this run has kept it before; of files of accounts, only who is in them. */
export function keepBefore(id: string, n: number, change: Change | undefined): Sh {
  const at = kept(id);
  const paths = restorable(change);
  const accounts = accountFiles(change);
  const undo = reactivation(change);
  return lines(
    sh`mkdir -p ${at.before} ${at.undo}`,
    ...(paths.length === 0
      ? []
      : [
          sh`for path in ${paths}; do
  if ! grep -qsxF -- "$path" ${at.files}; then
    if [ -e "$path" ] || [ -L "$path" ]; then
      mkdir -p "${verbatim(at.before)}$(dirname "$path")"
      cp -a -- "$path" "${verbatim(at.before)}$path" || {
        echo "${verbatim(SAY)}A copy of $path could not be kept, so it was not changed." >&2
        echo '${verbatim(SAY)}Look whether the disk is full, then run the same command again.' >&2
        exit 1
      }
    fi
    printf '%s\\n' "$path" >>${at.files}
  fi
done`,
        ]),
    ...(accounts.length === 0 ? [] : [entriesBefore(at.folder, accounts)]),
    ...(undo === undefined ? [] : [sh`printf %s ${asWord(undo)} >${`${at.undo}/${n}`}`]),
  );
}

/** Shell that notes how the files are now, so that a later change by somebody else is seen. */
export function noteAfter(id: string, change: Change | undefined): Sh {
  const paths = restorable(change);
  const accounts = accountFiles(change);
  return lines(
    ...(paths.length === 0
      ? []
      : [sh`find ${paths} -type f -exec sha256sum {} + >>${kept(id).after} 2>/dev/null`]),
    ...(accounts.length === 0 ? [] : [entriesAfter(kept(id).folder, accounts)]),
  );
}

/** Shell that drops what is kept of the oldest runs. @param logs the folder of the logs */
export const prune = (
  logs: string,
  list: Sh,
): Sh => sh`${list} | head -n -${KEPT_RUNS} | while read -r old; do
  rm -rf "${verbatim(RUNS)}/$old" "${verbatim(logs)}/$old.jsonl"
done`;
