import { accountFiles, type Change, restorable } from '../engine/change.js';
import { controlled } from '../engine/controlled.js';
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

/** Shell function that keeps $2, with the rights of $1, who controls its folder. */
const keepOne = (at: ReturnType<typeof kept>): Sh => sh`keep_one() {
  ! grep -qsxF -- "$2" ${at.files} || return 0
  copy="${verbatim(at.before)}$2"
  # What the owner may not read, as root's own file in a home, is left out: nothing of it can be brought back with these rights.
  if [ "$1" != root ] && as "$1" test -e "$2" && ! as "$1" test -r "$2"; then return 0; fi
  if as "$1" test -e "$2" || as "$1" test -L "$2"; then
    mkdir -p "\${copy%/*}"
    if [ "$1" = root ]; then cp -a -- "$2" "$copy"; else copy_of "$1" "$2" "$copy"; fi || {
      echo "${verbatim(SAY)}A copy of $2 could not be kept, so it was not changed." >&2
      echo '${verbatim(SAY)}Look whether the disk is full, then run the same command again.' >&2
      exit 1
    }
  fi
  printf '%s\\n' "$2" >>${at.files}
}`;

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
          controlled,
          keepOne(at),
          sh`for path in ${paths}; do
  controls "$path" || exit 1
  keep_one "$owner" "$path"
  # A change goes through a link of root's, or replaces it: both are kept.
  if [ "$owner" = root ] && [ "$real" != "$path" ] && [ -e "$real" ]; then keep_one root "$real"; fi
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
      : [
          controlled,
          sh`for path in ${paths}; do
  controls "$path" || continue
  if [ "$owner" = root ]; then find "$path" -type f -exec sha256sum {} +
  elif as "$owner" test -f "$path" && as "$owner" test -r "$path"; then
    sum=$(read_file "$owner" "$path" | sha256sum)
    printf '%s  %s\\n' "\${sum%% *}" "$path"
  fi
done >>${kept(id).after} 2>/dev/null`,
        ]),
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
