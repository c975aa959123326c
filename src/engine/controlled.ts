import { type Sh, sh } from '../sh.js';

/**
 * For a shell of its own, with the rights of whoever controls the folder: replaces the file $1 in one go by its standard input, with
 * mode $2; root makes $3 its owner. The folder is made where it is missing.
 */
const REPLACE = sh`folder=\${1%/*}
umask 077
# What a power cut has left of an earlier try.
rm -f "$folder"/.broker-setup.??????
mkdir -p -m 0755 "$folder" && new=$(mktemp "$folder/.broker-setup.XXXXXX") || exit 1
{ cat >"$new" && { [ "$(id -u)" != 0 ] || chown "$3" "$new"; } && chmod "$2" "$new"; } || { rm -f "$new"; exit 1; }
# A file that is itself a mount point, as /etc/hosts in a container, cannot be replaced, only filled.
mv -fT "$new" "$1" 2>/dev/null || { cat "$new" >"$1" && rm -f "$new"; }`;

/**
 * The shell function `controls PATH`: sets `$owner` to the owner of the first folder on the way that is not root's, otherwise to
 * `root`; a folder at the end counts as well. Where it is root, `$real` is the path without links; otherwise the folder. `$rest` is
 * what follows it. Fails where links form a loop.
 *
 * Nobody but root can change a folder of root's between the question and the work (path_resolution(7)); behind it nothing is
 * asked. `-O` is a builtin: only a link costs a process.
 */
export const controls: Sh = sh`controls() {
  rest=$1 real= owner=root hops=0
  while :; do
    rest=\${rest#"\${rest%%[!/]*}"}
    [ -n "$rest" ] || return 0
    part=\${rest%%/*}
    rest=\${rest#"$part"}
    case $part in .) continue ;; ..) real=\${real%/*}; continue ;; esac
    if [ -L "$real/$part" ]; then
      hops=$((hops + 1))
      [ "$hops" -le 40 ] || return 1
      part=$(readlink "$real/$part")
      case $part in /*) real= ;; esac
      rest=$part$rest
      continue
    fi
    real=$real/$part
    [ ! -d "$real" ] || [ -O "$real" ] || {
      owner=$(stat -c %U "$real")
      [ "$owner" != UNKNOWN ] || owner=$(stat -c %u "$real")
      return 0
    }
  done
}`;

/** Shell words before a program that is to run with the rights of another user only: setpriv(1). */
export const withRightsOf = (user: string, group = user): Sh =>
  sh`setpriv --reuid=${user} --regid=${group} --init-groups`;

/**
 * Shell functions for work on paths that root does not control alone, such as a home or the folders of a broker. Whoever owns a
 * folder decides what its names lead to, so the work there is done with the rights of that owner: a link of theirs then
 * gains them nothing. Folders that belong to root are left to root, with the links that root has put there.
 *
 * - `controls PATH`, as above.
 * - `as OWNER PROGRAM…` runs a program with the rights of that user.
 * - `copy_of OWNER PATH COPY` copies a file, with its mode, owner and time, as far as OWNER may read it, to a place of root's.
 * - `replace OWNER PATH MODE USER:GROUP` replaces a file, with the rights of OWNER, by standard input.
 */
export const controlled: Sh = sh`${controls}
as() {
  as_user=$1
  shift
  if [ "$as_user" = root ]; then "$@"
  elif as_group=$(id -g "$as_user" 2>/dev/null); then setpriv --reuid="$as_user" --regid="$as_group" --init-groups "$@"
  # The number of an account that was removed.
  else setpriv --reuid="$as_user" --regid=65534 --clear-groups "$@"; fi
}
copy_of() {
  as "$1" cat "$2" >"$3" && chown "$(as "$1" stat -L -c %u:%g "$2")" "$3" && chmod "$(as "$1" stat -L -c %a "$2")" "$3" && touch -d "@$(as "$1" stat -L -c %Y "$2")" "$3" && return
  rm -f "$3"
  return 1
}
replace() { as "$1" sh -c ${REPLACE.run} sh "$2" "$3" "$4"; }`;
