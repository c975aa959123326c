import { type Sh, sh } from '../sh.js';

/**
 * A file of accounts or of keys, one a line. It is never restored as a whole: an account or a key that was revoked in the meantime would be
 * valid again. What counts are its entries, each by its name.
 */
export interface AccountFile {
  path: string;
  /** accounts: `NAME:…`. keys: as authorized_keys, of sshd(8). */
  of: 'accounts' | 'keys';
  /** Whose file it is, unless it is root's: it is read and written with no more rights than that account has. */
  user?: string;
}

/** For awk: sets `name` to the entry in this line: the account, or the key without its options and comment; '' where there is none. */
export const AWK_NAME = `function entry(of,   i) {
  if (of == "accounts") { i = index($0, ":"); return i > 1 ? substr($0, 1, i - 1) : "" }
  if ($0 !~ /^[ \\t]*#/) for (i = 1; i <= NF; i++) if ($i ~ /^AAAA[A-Za-z0-9+\\/]+=*$/) return $i
  return ""
}
{ name = entry(of) }`;

/**
 * Shell function `as USER PATH COMMAND…`: root writes only where the folder is root’s and no symbolic link leads there. Anywhere else the account
 * that owns the file does, so that a link in its home leads nowhere that it could not write itself.
 */
const asOwner: Sh = sh`as() {
  user=$1; folder=\${2%/*}; shift 2
  if [ "$(realpath -e -- "$folder" 2>/dev/null)" = "$folder" ] && [ "$(stat -c %u -- "$folder")" = 0 ]; then "$@"
  else
    [ "$user" != - ] && group=$(id -g -- "$user" 2>/dev/null) || return 1
    setpriv --reuid="$user" --regid="$group" --init-groups -- "$@"
  fi
}`;

/** For sh(1) -c: prints a regular file, of up to a megabyte; nothing where there is none. */
const PRINT = '[ ! -L "$1" ] || exit 1; [ ! -f "$1" ] || exec head -c 1048576 -- "$1"';

/** For sh(1) -c: replaces a file by standard input, with its owner and mode. A link is not replaced. */
const REPLACE = `umask 077
[ ! -L "$1" ] || exit 1
new=$(mktemp "\${1%/*}/.broker-setup.XXXXXX") && trap 'rm -f "$new"' EXIT && cat >"$new" || exit 1
if [ -e "$1" ]; then chown --reference="$1" "$new" && chmod --reference="$1" "$new" || exit 1; fi
mv -f "$new" "$1"`;

/** Shell functions `print_file USER PATH` and `replace_file USER PATH`, which takes the content from standard input. */
export const accountFileFunctions: Sh = sh`${asOwner}
print_file() { as "$1" "$2" sh -c ${PRINT} sh "$2"; }
replace_file() { as "$1" "$2" sh -c ${REPLACE} sh "$2"; }`;

/** Shell words that the functions take for one of them: what it holds, whose it is, where it is. */
export const wordsOf = ({ of, user, path }: AccountFile): Sh => sh`${of} ${user ?? '-'} ${path}`;
