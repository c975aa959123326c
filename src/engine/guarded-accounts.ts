import { type Sh, sh, verbatim } from '../sh.js';
import { type AccountFile, accountFileFunctions, wordsOf } from './account-files.js';
import { GUARD_FOLDER } from './guard-paths.js';

/** The files of accounts as they were before the guarded change, and as it has left them: `1.before`, `1.after`. */
const FOLDER = `${GUARD_FOLDER}/accounts`;

/** `accounts /etc/passwd`, one a line. */
const LIST = `${FOLDER}/list`;

/**
 * For awk: undoes in `now` what differs between `before` and `after`, entry by entry. One that somebody else has changed
 * meanwhile stays as it is now.
 */
const MERGE = `{ key = of == "accounts" ? $1 : $0 }
part == "before" { if (!(key in before)) first[++old] = key; before[key] = before[key] $0 "\\n" }
part == "after" { after[key] = after[key] $0 "\\n" }
part == "now" { if (!(key in now)) order[++count] = key; now[key] = now[key] $0 "\\n" }
END {
  for (i = 1; i <= count; i++) { key = order[i]; printf "%s", now[key] == after[key] ? before[key] : now[key] }
  for (i = 1; i <= old; i++) { key = first[i]; if (!(key in now) && !(key in after)) printf "%s", before[key] }
}`;

/** Shell that keeps the files as they are before a guarded change. */
export function keepGuarded(files: readonly AccountFile[]): Sh {
  if (files.length === 0) return sh`:`;
  return sh`mkdir -m 0700 ${FOLDER}
${accountFileFunctions}
guard_file() {
  n=$((n + 1))
  print_file "$2" >${verbatim(FOLDER)}/"$n".before || exit 1
  printf '%s\\n' "$1 $2" >>${LIST}
}
n=0
${list(files)}
sync ${FOLDER}/*`;
}

const list = (files: readonly AccountFile[]): Sh =>
  files.map((file) => sh`guard_file ${wordsOf(file)}\n`).reduce((all, one) => sh`${all}${one}`);

/** Shell that keeps them as a guarded change has left them, where one is guarded. */
export const noteGuarded: Sh = sh`if [ -e ${LIST} ]; then (
${accountFileFunctions}
n=0
while read -r of path; do
  n=$((n + 1))
  print_file "$path" >${FOLDER}/.new && mv -f ${FOLDER}/.new ${FOLDER}/"$n".after
done <${LIST}
) fi`;

/** Shell that rolls the entries back that the change has touched, and no others; sets `failed` where one file could not be written. */
export const restoreGuarded: Sh = sh`if [ -e ${LIST} ]; then
${accountFileFunctions}
n=0
while read -r of path; do
  n=$((n + 1))
  at=${FOLDER}/$n
  print_file "$path" >"$at".now || { failed=yes; continue; }
  # A change that was cut off has left no note.
  [ -e "$at".after ] || cp "$at".now "$at".after
  awk -F: -v of="$of" ${MERGE} part=before "$at".before part=after "$at".after part=now "$at".now >"$at".merged || { failed=yes; continue; }
  cmp -s "$at".now "$at".merged || replace_file "$path" <"$at".merged || failed=yes
done <${LIST}
fi`;
