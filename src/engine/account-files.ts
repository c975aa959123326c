import { type Sh, sh } from '../sh.js';
import { controlled } from './controlled.js';

/**
 * A file of accounts or of keys, one a line. It is never restored as a whole: an account or a key that was revoked in the meantime would be
 * valid again. What counts are its entries, each by its name.
 */
export interface AccountFile {
  path: string;
  /** accounts: `NAME:…`. keys: as authorized_keys, of sshd(8). */
  of: 'accounts' | 'keys';
}

/** For awk: sets `name` to the entry in this line: the account, or the key without its options and comment; '' where there is none. */
export const AWK_NAME = `function entry(of,   i) {
  if (of == "accounts") { i = index($0, ":"); return i > 1 ? substr($0, 1, i - 1) : "" }
  if ($0 !~ /^[ \\t]*#/) for (i = 1; i <= NF; i++) if ($i ~ /^AAAA[A-Za-z0-9+\\/]+=*$/) return $i
  return ""
}
{ name = entry(of) }`;

/**
 * Shell functions `print_file PATH`, which prints all of a regular file, nothing where there is none, and otherwise fails, and
 * `replace_file PATH`, which takes the content from standard input and keeps owner and mode.
 */
export const accountFileFunctions: Sh = sh`${controlled}
# Behind links of root's it is the file itself that is meant.
file_of() { controls "$1" || return 1; file=$1; [ "$owner" != root ] || file=$real; }
print_file() {
  file_of "$1" && as "$owner" test ! -L "$file" || return 1
  ! as "$owner" test -e "$file" || read_file "$owner" "$file"
}
replace_file() {
  file_of "$1" && [ ! -L "$file" ] || return 1
  replace "$owner" "$file" $(as "$owner" stat -c '%a %u:%g' "$file" 2>/dev/null || echo "600 $owner:")
}`;

/** Shell words that name one of them: what it holds, where it is. */
export const wordsOf = ({ of, path }: AccountFile): Sh => sh`${of} ${path}`;
