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

/** For awk(1) on getent(1) passwd and group: the accounts other than root that have the group `gid`. */
const MEMBERS = `$1 == "root" { next }
NF == 7 && $4 == gid { print $1 }
NF == 4 && $3 == gid { count = split($4, names, ","); for (i = 1; i <= count; i++) if (names[i] != "root") print names[i] }`;

/**
 * The shell function `controls PATH`: sets `$owner` to whoever besides root decides what PATH leads to, otherwise to `root`:
 *
 * - the owner of the first folder or symbolic link on the way that is not root's;
 * - who may write a folder of root's (through its group, or `nobody` where everybody may), as they could replace what is in it. Only
 *   folders in it, and in a sticky one all that is there, belong to whom they say: replacing a folder gains nothing but its name.
 *
 * A folder at the end counts as well. Where it is root, `$real` is the path without links; otherwise the folder. `$rest` is
 * what follows it. `$why` says what is not root's, and `$cure` how to change that. Fails where links form a loop, and for
 * names with control characters.
 *
 * Nobody but root can change a folder of root's between the question and the work (path_resolution(7)); behind it nothing is
 * asked. All that a path names is looked at by one stat(1); only links cost more. `learn PATH…` does that for many paths, for
 * `walk PATH`, which is the same as `controls`, but only as fresh.
 */
export const controls: Sh = sh`learn() {
  _queue='
'
  for _path; do
    shift
    case $_path in *[[:cntrl:]]*) continue ;; esac
    while [ -n "$_path" ]; do
      case $_queue in *"
$_path
"*) break ;; esac
      _queue=$_queue$_path'
'
      set -- "$@" "$_path"
      case $_path in */*) _path=\${_path%/*} ;; *) _path= ;; esac
    done
  done
  _seen="$_seen
$(stat -c '%n	%A %u %g %U' / "$@" 2>/dev/null || :)
"
}
# A folder of root's that nobody else may write.
is_roots() {
  case $_seen in *"
$1	"d????[!w]??[!w]?' 0 '*) return 0 ;; esac
  return 1
}
# Sets $_mode, $_uid, $_gid and $_user, all empty where there is nothing.
about() {
  case $_seen in *"
$1	"*) ;; *) learn "$1" ;; esac
  _found=\${_seen#*"
$1	"}
  [ "$_found" != "$_seen" ] || _found='   '
  _found=\${_found%%"
"*}
  _mode=\${_found%% *} _found=\${_found#* }
  _uid=\${_found%% *} _found=\${_found#* }
  _gid=\${_found%% *} _user=\${_found#* }
  [ "$_user" != UNKNOWN ] || _user=$_uid
}
# Sets $_writer to who may write this folder of root's; $_sticky where entries of others are safe from them.
writer() {
  _writer=root _sticky=
  ! is_roots "\${1:-/}" || return 0
  about "\${1:-/}"
  case $_mode in *[tT]) _sticky=yes ;; esac
  case $_mode in
  d???????w?) _writer=nobody ;;
  d????w*)
    _writer=$({ getent passwd; getent group; } | awk -F: -v gid="$_gid" ${MEMBERS} | head -n 1)
    _writer=\${_writer:-root} ;;
  esac
}
belongs() { owner=$2 why="$1 belongs to $2" cure="sudo chown root $1"; }
written_by() { owner=$2 why="$2 may write the folder $1" cure="sudo chmod go-w $1"; }
walk() {
  rest=$1 real= owner=root why= cure= _hops=0
  case $rest in *[[:cntrl:]]*) return 1 ;; esac
  while :; do
    rest=\${rest#"\${rest%%[!/]*}"}
    [ -n "$rest" ] || break
    _part=\${rest%%/*}
    rest=\${rest#"$_part"}
    case $_part in .) continue ;; ..) real=\${real%/*}; continue ;; esac
    _it=$real/$_part
    if [ -d "$_it" ] && [ ! -L "$_it" ]; then
      real=$_it
      ! is_roots "$real" || continue
      about "$real"
      [ "$_uid" = 0 ] || [ -O "$real" ] || { belongs "$real" "$_user"; return 0; }
      continue
    fi
    writer "$real"
    if [ "$_writer" != root ]; then
      about "$_it"
      [ -n "$_sticky" ] && [ -n "$_mode" ] || { rest=/$_part$rest; written_by "\${real:-/}" "$_writer"; return 0; }
      [ -L "$_it" ] || [ "$_uid" = 0 ] || { real=$_it; belongs "$real" "$_user"; return 0; }
    fi
    if [ ! -L "$_it" ]; then real=$_it; continue; fi
    case $_seen in
    *"
$_it	"l?????????' 0 '*) ;;
    *)
      about "$_it"
      [ "$_uid" = 0 ] || [ "$_uid" = "$(id -u)" ] || {
        rest=/$_part$rest
        owner=$_user why="the symbolic link $_it belongs to $_user" cure="sudo rm $_it"
        return 0
      } ;;
    esac
    _hops=$((_hops + 1))
    [ "$_hops" -le 40 ] || return 1
    _part=$(readlink "$_it")
    case $_part in *[[:cntrl:]]*) return 1 ;; /*) real= ;; esac
    rest=$_part$rest
    while case $rest in ../*) ;; *) false ;; esac; do rest=\${rest#../} real=\${real%/*}; done
    learn "$real/\${rest#/}"
  done
  [ -d "$real" ] || return 0
  writer "$real"
  [ "$_writer" = root ] || written_by "$real" "$_writer"
}
controls() {
  _seen=
  learn "$1"
  walk "$1"
}`;

/** How long a program may run with the rights of another user, in seconds: that user can stop it. */
const HELPER_SECONDS = 10;

/** Larger files are neither copied nor changed: 64 MiB, a hundred times what people have there. */
const MOST_BYTES = 67_108_864;

/** For sh(1) -c: prints a regular file as a whole, or fails. */
const READ = `[ -f "$1" ] && [ -r "$1" ] && [ "$(stat -L -c %s "$1")" -le ${MOST_BYTES} ] && exec head -c ${MOST_BYTES} -- "$1"
exit 1`;

/** Shell words before a program that is to run with the rights of another user only, and not for ever: setpriv(1). */
export const withRightsOf = (user: string, group = user, seconds = HELPER_SECONDS): Sh =>
  sh`timeout -k 2 ${seconds} setpriv --reuid=${user} --regid=${group} --init-groups`;

/**
 * Shell functions for work on paths that root does not control alone, such as a home or the folders of a broker. Whoever owns a
 * folder decides what its names lead to, so the work there is done with the rights of that owner: a link of theirs then
 * gains them nothing. Folders that belong to root are left to root, with the links that root has put there.
 *
 * - `controls PATH`, as above.
 * - `as OWNER PROGRAM…` runs a program with the rights of that user, for ten seconds at most. What it prints goes through a pipe: a file
 *   of root's that it had as its output could be opened again through /proc, and read.
 * - `read_file OWNER PATH` prints a regular file as a whole, as far as OWNER may read it; otherwise it prints nothing and fails.
 * - `copy_of OWNER PATH COPY` copies such a file, with its mode and time, to a place of root's. The copy is OWNER's.
 * - `replace OWNER PATH MODE USER:GROUP` replaces a file, with the rights of OWNER, by standard input.
 */
export const controlled: Sh = sh`${controls}
as() {
  as_user=$1
  shift
  if [ "$as_user" = root ]; then "$@"; return; fi
  # Without a group: the number of an account that was removed.
  if as_group=$(id -g "$as_user" 2>/dev/null); then as_groups=--init-groups; else as_group=65534 as_groups=--clear-groups; fi
  { as_code=$({ {
    code=0
    timeout -k 2 ${HELPER_SECONDS} setpriv --reuid="$as_user" --regid="$as_group" "$as_groups" "$@" 3>&- 4>&- 8>&- 9>&- || code=$?
    echo "$code" >&3
  } | timeout ${HELPER_SECONDS + 5} cat >&4; } 3>&1); } 4>&1
  return "\${as_code:-1}"
}
read_file() { as "$1" sh -c ${READ} sh "$2"; }
copy_of() {
  about_it=$(as "$1" stat -L -c '%a %Y' "$2") && read_file "$1" "$2" >"$3" && case $about_it in *[!0-9' ']*) false ;; esac && {
    # Root's own copy keeps its owner; that of somebody else never has more rights than they have.
    [ "$1" = root ] && copy_owner=$(stat -L -c %u:%g "$2") || copy_owner=$1
    copy_mode=000\${about_it%% *}
    chown "$copy_owner" "$3" && chmod "\${copy_mode#"\${copy_mode%???}"}" "$3" && touch -d "@\${about_it#* }" "$3"
  } && return
  rm -f "$3"
  return 1
}
replace() { as "$1" sh -c ${REPLACE.run} sh "$2" "$3" "$4"; }`;
