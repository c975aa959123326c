import { type AccountFile, AWK_NAME, accountFileFunctions, wordsOf } from '../engine/account-files.js';
import { type Answers, toldFile } from '../engine/answers.js';
import { lines, type Sh, sh, verbatim } from '../sh.js';

/** One account or key that a run has added, or an undo has removed. */
export interface AccountEntry {
  file: string;
  of: AccountFile['of'];
  /** The name of the account; of a key its comment. */
  name: string;
  /**
   * removed: the run added it, so it goes. returns: a key that an earlier undo removed. stays: an account that an earlier undo removed, as no
   * undo makes an old password valid again. left: the file cannot be read or is a symbolic link.
   */
  what: 'removed' | 'returns' | 'stays' | 'left';
  /** The account was given another password after that run. */
  changedSince: boolean;
}

/** list: `added|removed OF NAME MARK PATH`, NAME in base64, one a line. before: the files while a change is under way. */
const entriesAt = (folder: string) => ({ list: `${folder}/accounts`, before: `${folder}/accounts-before` });

/** What an awk program of ours gets from the environment, as `-v` would take a backslash for an escape. */
const FUNCTIONS: Sh = lines(
  accountFileFunctions,
  sh`line_of() { entry=$2 awk -v of="$1" ${`${AWK_NAME} name == ENVIRON["entry"] { print; exit }`}; }
without() { entry=$2 awk -v of="$1" ${`${AWK_NAME} name != ENVIRON["entry"]`}; }
# Of an account a hash of its line, as no old password is to be kept; of a key the line, which is public.
mark() { if [ "$1" = keys ]; then base64 -w0; else sha256sum | cut -d' ' -f1; fi; }`,
);

const each = (name: string, files: readonly AccountFile[]): Sh =>
  lines(sh`n=0`, ...files.map((file) => sh`${verbatim(name)} ${wordsOf(file)}`));

/** Shell that keeps the files of accounts while a change is under way. */
export function entriesBefore(folder: string, files: readonly AccountFile[]): Sh {
  return sh`${FUNCTIONS}
keep_file() { n=$((n + 1)); print_file "$2" >${entriesAt(folder).before}."$n" 2>/dev/null || rm -f ${entriesAt(folder).before}."$n"; }
${each('keep_file', files)}`;
}

/** For awk: the names that one file has and the other has not. */
const DIFFERENCE = `${AWK_NAME}
name == "" { next }
part == "was" { was[name] = 1 }
part == "is" && !(name in is) { is[name] = 1; if (!(name in was)) print "added", name }
END { for (name in was) if (!(name in is)) print "removed", name }`;

/** Shell that notes which entries the change has added or removed. */
export function entriesAfter(folder: string, files: readonly AccountFile[]): Sh {
  const { before, list } = entriesAt(folder);
  return sh`(
${FUNCTIONS}
note_file() {
  n=$((n + 1))
  was=${before}.$n; is=${before}.now
  # A file that could not be read as a whole is left to people: what is missing in a part of it was not removed.
  [ -e "$was" ] && print_file "$2" >"$is" || { rm -f "$was" "$is"; return 0; }
  awk -v of="$1" ${DIFFERENCE} part=was "$was" part=is "$is" | while IFS= read -r line; do
    name=\${line#* }; what=\${line%% *}
    case $what in added) from=$is ;; *) from=$was ;; esac
    printf '%s %s %s %s %s\\n' "$what" "$1" "$(printf %s "$name" | base64 -w0)" "$(line_of "$1" "$name" <"$from" | mark "$1")" "$2" >>${list}
  done
  rm -f "$was" "$is"
}
${each('note_file', files)}
)`;
}

/** Shell that begins a loop over what was noted, with $entry as the name and $now as the line that it has now. */
const loop = (folder: string, body: Sh): Sh => sh`if [ -s ${entriesAt(folder).list} ]; then
${FUNCTIONS}
sort -u ${entriesAt(folder).list} | { while read -r what of name mark path; do
  entry=$(printf %s "$name" | base64 -d)
  if content=$(print_file "$path" 2>/dev/null); then
    now=$(printf '%s\\n' "$content" | line_of "$of" "$entry"); left=
  else now=; left=yes; fi
${body}
done; }
fi`;

/** Shell that prints what an undo would do to accounts and keys. */
export const tellEntries = (folder: string): Sh =>
  loop(
    folder,
    sh`  case $what:$of$left in
    *yes) how=left ;;
    added:*) [ -n "$now" ] || continue; how=removed ;;
    *:keys) [ -z "$now" ] || continue; how=returns ;;
    *) [ -z "$now" ] || continue; how=stays ;;
  esac
  n=$((n + 1))
  printf 'account-%s=%s %s %s %s\\n' "$n" "$how" "$of" "$name" "$(printf %s "$path" | base64 -w0)"
  if [ "$of" = keys ]; then [ -n "$now" ] || now=$(printf %s "$mark" | base64 -d); printf 'account-key-%s=%s\\n' "$n" "$(printf %s "$now" | base64 -w0)"
  elif [ "$how" = removed ] && [ "$(printf '%s\\n' "$now" | mark "$of")" != "$mark" ]; then echo "account-since-$n=changed"; fi`,
  );

/** Shell that does it: each one alone; exits where a file cannot be written. */
export const undoEntries = (folder: string): Sh =>
  loop(
    folder,
    sh`  case $what:$of$left in
    *yes) ;;
    added:*) [ -z "$now" ] || printf '%s\\n' "$content" | without "$of" "$entry" | replace_file "$path" || exit 1 ;;
    removed:keys) [ -n "$now" ] || { [ -z "$content" ] || printf '%s\\n' "$content"; printf %s "$mark" | base64 -d; } | replace_file "$path" || exit 1 ;;
  esac`,
  );

const WHAT = ['removed', 'returns', 'stays', 'left'] as const;

/** Pure. */
export function parseEntries(told: Answers): AccountEntry[] {
  const entries: AccountEntry[] = [];
  for (let n = 1; told.has(`account-${n}`); n += 1) {
    const [what, of, name = '', path = ''] = told.get(`account-${n}`)?.split(' ') ?? [];
    const text = (encoded: string) => Buffer.from(encoded, 'base64').toString('utf8');
    entries.push({
      file: text(path),
      of: of === 'keys' ? 'keys' : 'accounts',
      name: of === 'keys' ? nameOfKey(toldFile(told, `account-key-${n}`) ?? '') : text(name),
      what: WHAT.find((one) => one === what) ?? 'left',
      changedSince: told.get(`account-since-${n}`) === 'changed',
    });
  }
  return entries;
}

/** Pure. The comment of a line of authorized_keys; where there is none, the end of the key. */
function nameOfKey(line: string): string {
  const [, key = '', comment = ''] = /(AAAA[A-Za-z0-9+/]+=*)\s*(.*)$/.exec(line) ?? [];
  return comment.trim() || `…${key.slice(-12)}`;
}
