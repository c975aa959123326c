import { controlled } from '../../engine/controlled.js';
import { SAY } from '../../engine/say.js';
import { type Sh, sh, verbatim } from '../../sh.js';

/** Sets $home without links, and makes it one that sshd accepts: the user's or root's, writable by nobody else, and there. */
const ownHome = (user: string): Sh => sh`controls "$home" || exit 1
if [ "$owner" = root ] && [ ! -d "$real" ]; then
  # Of an account that was made without one, or whose disk is not there any more.
  (umask 022; mkdir -p "$real")
  chown ${user}:"$group" "$real"
  controls "$home"
fi
case $owner in
root) chmod go-w,o+x "$real" ;;
${user}) as "$owner" chmod go-w "$real" ;;
*)
  [ -z "$rest" ] || { echo "${verbatim(SAY)}The keys of "${user}" were not written, as $owner could replace them: $why." >&2
    echo "${verbatim(SAY)}Correct that ($cure), then run the same command again." >&2
    exit 1; }
  chmod go-w "$real"
  chown ${user}:"$group" "$real" ;;
esac
home=$real`;

/**
 * Prints the file of keys. Root's own file in a folder of the user's, as sudo leaves it, is read only if it is no link: an
 * open folder stays the same, whatever becomes of its name.
 */
const readKeys = sh`in_folder() { cd -P "$folder" && [ "$(pwd -P)" = "$folder" ]; }
keys() {
  [ -e "$file" ] || return 0
  if as "$owner" test -r "$file"; then
    read_file "$owner" "$file" || { echo "${verbatim(SAY)}The authorized keys in $file could not be read, so none was added: it must be a plain file." >&2; return 1; }
  else (in_folder && timeout 5 dd status=none iflag=nofollow,nonblock if="./\${file##*/}"); fi
}`;

/**
 * Shell that adds a key to those that let a user in. In a home everything is the user's own and done with the user's rights.
 * Elsewhere root keeps it, so that who is let in is not for the user to decide.
 */
export function authorize(user: string, publicKey: string, pattern: string): Sh {
  return sh`${controlled}
${readKeys}
IFS=: read -r _ _ uid group _ home _ <<END
$(getent passwd ${user})
END
file=$(printf %s ${pattern} | sed "s|%h|$home|;s|%u|"${user}"|;s|%U|$uid|")
case $file in
"$home"/*) file=\${file#"$home"/} ;;
esac
${ownHome(user)}
case $file in
/*) place=elsewhere folder=\${file%/*} ;;
*) place=home file=$home/$file folder=\${file%/*} ;;
esac
# Named in the plan; here for one that was made meanwhile.
[ ! -L "$file" ] || { echo '${verbatim(SAY)}The file of authorized keys is a symbolic link. It was not changed.' >&2; exit 1; }
controls "$folder" || exit 1
case $place-$owner in
home-root) [ "$folder" = "$home" ] || install -d -m 0700 -o ${user} -g "$group" "$folder" ;;
home-*)
  as "$owner" mkdir -p -m 0700 "$folder"
  # Made by sudo: nobody but root can have put anything into it.
  if [ -O "$folder" ]; then (in_folder && [ -O . ] && { [ ! -f "./\${file##*/}" ] || chown -h ${user}:"$group" "./\${file##*/}"; } && chown ${user}:"$group" .); fi
  as "$owner" chmod go-w "$folder" ;;
elsewhere-root)
  mkdir -p -m 0755 "$folder"
  chmod go-w,o+x "$folder" ;;
elsewhere-*)
  [ -z "$rest" ] || { echo "${verbatim(SAY)}The keys were not written, as $owner could replace them: $why." >&2
    echo "${verbatim(SAY)}Correct that ($cure), then run the same command again." >&2
    exit 1; }
  case $owner in ${user}) ;; *) chown root:root "$real"; chmod go-w,o+x "$real" ;; esac ;;
esac
controls "$folder" || exit 1
mode=0600 whose=${user}:$group
[ "$place" = home ] || { mode=0644; [ "$owner" != root ] || whose=root:root; }
known=$(keys)
{
  [ -z "$known" ] || printf '%s\n' "$known"
  printf '%s\n' "$known" | grep -qxF -e ${publicKey} || printf '%s\n' ${publicKey}
} | replace "$owner" "$file" "$mode" "$whose"`;
}
