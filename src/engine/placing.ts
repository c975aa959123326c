import { type Sh, sh, verbatim } from '../sh.js';
import { controlled } from './controlled.js';
import { SAY } from './say.js';

/**
 * Shell functions that write files, each with the rights of whoever controls its folder. A link that root has put there stays, and
 * what it leads to is written.
 *
 * - `place PATH MODE USER:GROUP BASE64` replaces a file in one go.
 * - `keep NAME PATH USER:GROUP` keeps a copy of it in `$kept`, a folder that only root can enter; `put_back NAME PATH USER:GROUP`
 *   makes it again as it was then.
 */
export const placing: Sh = sh`${controlled}
# Sets $owner and $to. Whoever controls the folder could replace the file of somebody else at any time.
target() {
  controls "$1" || { echo "${verbatim(SAY)}The symbolic links on the way to $1 form a loop." >&2; return 1; }
  to=$1
  case $owner in
  root) to=$real ;;
  "\${2%%:*}") to=$(as "$owner" readlink -m "$1") ;;
  *) echo "${verbatim(SAY)}$1 was not written, as $owner could replace it: $why." >&2
    echo "${verbatim(SAY)}Correct that ($cure), then run the same command again." >&2
    return 1 ;;
  esac
}
place() { target "$1" "$3" && printf %s "$4" | base64 -d | replace "$owner" "$to" "$2" "$3"; }
keep() {
  target "$2" "$3" || return 1
  as "$owner" test -e "$to" || return 0
  copy_of "$owner" "$to" "$kept/$1" || { echo "${verbatim(SAY)}$2 was not changed, as no copy of it could be kept: it must be a plain file, and there must be room." >&2; return 1; }
}
put_back() {
  target "$2" "$3" || return 1
  if [ -e "$kept/$1" ]; then
    replace "$owner" "$to" "$(stat -c %a "$kept/$1")" "$(stat -c %U:%G "$kept/$1")" <"$kept/$1" &&
      as "$owner" touch -d "@$(stat -c %Y "$kept/$1")" "$to"
  else as "$owner" rm -f "$to"; fi
}`;
