import type { AccountFile } from '../engine/account-files.js';
import { answers, toldFile } from '../engine/answers.js';
import { controlled } from '../engine/controlled.js';
import { type Sh, sh, verbatim } from '../sh.js';
import { type AccountEntry, parseEntries, tellEntries, undoEntries } from './accounts.js';
import { kept } from './keep.js';

/** A file that an undo would put back as it was. */
export interface KeptFile {
  path: string;
  /** As it was before the run; undefined where it was not there, or is not shown. */
  before: string | undefined;
  /** As it is now; undefined where it is not there, or is not shown. */
  now: string | undefined;
  /**
   * restored: it gets its old content; removed: it was not there; returns: it is not there now. left: its old content could make valid again
   * what was revoked since.
   */
  what: 'restored' | 'removed' | 'returns' | 'left';
  /** Others on the server may not read it, so its content is shown to nobody. */
  secret: boolean;
  /** Somebody has changed it after that run. */
  changedSince: boolean;
}

export interface Kept {
  /** All paths that the run has touched, folders among them: what a guard has to protect. */
  paths: string[];
  /** Files that are not as they were. */
  files: KeptFile[];
  /** Accounts and keys that the run has added or removed. */
  entries: AccountEntry[];
}

/** More is not shown as a diff, in bytes. */
const MOST_BYTES = 65_536;

/** Whose content is worth seeing although only root may read them, and no secret. */
const OPEN = verbatim('/etc/ufw/*|/etc/default/ufw|/etc/ssh/sshd_config*|/etc/sudoers.d/*|*/authorized_keys');

/** Files of accounts of which an earlier version of this program kept a copy as a whole. */
const ACCOUNTS = verbatim(
  '/etc/passwd*|/etc/shadow*|/etc/group*|/etc/gshadow*|/etc/subuid*|/etc/subgid*|/etc/mosquitto/passwd|*/authorized_keys|*/authorized_keys2',
);

/** Who may do what, though everybody may read it. */
const RULES = verbatim('/etc/sudoers|/etc/sudoers.d/*|/etc/emqx/acl.conf');

/**
 * Shell functions: `look_at PATH` sets $now; behind it the condition `is_left PATH OLD`: of a secret or a list of rights that somebody
 * has changed since, the old content stays away.
 */
const LEFT = (id: string): Sh => {
  const at = kept(id);
  return sh`${controlled}
work=$(mktemp -d -p /run 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Sets $now: the file, or a copy of one in a folder that somebody else controls, as far as the latter may read it.
look_at() {
  now=$1
  controls "$1" || return 0
  [ "$owner" != root ] || return 0
  now=$work/now
  rm -f "$now"
  ! as "$owner" test -r "$1" || copy_of "$owner" "$1" "$now"
}
secret() {
  case $1 in ${OPEN}) return 1;; esac
  for one in "$2" "$now"; do [ ! -f "$one" ] || [ -n "$(find -L "$one" -maxdepth 0 -perm -004)" ] || return 0; done
  return 1
}
changed_since() {
  [ -e ${at.after} ] || return 1
  # 64 digits and two spaces, then the path (sha256sum(1)).
  after=$(path=$1 awk 'substr($0, 67) == ENVIRON["path"] { hash = substr($0, 1, 64) } END { print hash }' ${at.after} 2>/dev/null)
  [ -n "$after" ] && [ "$after" != "$(sha256sum <"$now" 2>/dev/null | cut -d' ' -f1)" ]
}
# Sets $since.
is_left() {
  since=; if changed_since "$1"; then since=yes; fi
  case $1 in ${ACCOUNTS}) return 0;; esac
  [ -n "$since" ] && [ -f "$2" ] || return 1
  case $1 in ${RULES}) return 0;; esac
  secret "$1" "$2"
}`;
};

/** Shell that tells what a run has kept, and how it differs from what is there. */
export function tellKept(id: string): Sh {
  const at = kept(id);
  return sh`[ -s ${at.files} ] || [ -s ${at.folder}/accounts ] || exit 0
printf 'paths=%s\\n' "$(base64 -w0 ${at.files} 2>/dev/null)"
${tellEntries(at.folder)}
[ -s ${at.files} ] || exit 0
${LEFT(id)}
files_in() { if [ -d "$1" ] && [ ! -L "$1" ]; then find "$1" -type f; elif [ -e "$1" ] || [ -L "$1" ]; then printf '%s\\n' "$1"; fi; }
content() { [ ! -f "$2" ] || [ "$(stat -L -c %s "$2")" -gt ${MOST_BYTES} ] || printf '%s=%s\\n' "$1" "$(base64 -w0 "$2")"; }
there() { [ -e "$1" ] || [ -L "$1" ]; }
same() {
  if [ -L "$1" ] || [ -L "$2" ]; then [ "$(readlink "$1")" = "$(readlink "$2")" ]; return; fi
  cmp -s "$1" "$2" && [ "$(stat -c '%a %U %G' "$1")" = "$(stat -c '%a %U %G' "$2")" ]
}
while IFS= read -r path; do
  files_in "$path"
  files_in "${verbatim(at.before)}$path" | sed ${`s|^${at.before}||`}
done <${at.files} | sort -u | while IFS= read -r path; do
  old=${verbatim(at.before)}$path
  look_at "$path"
  if there "$old" && there "$now"; then
    what=restored
    same "$old" "$now" && continue
  elif there "$old"; then what=returns
  else what=removed; fi
  if is_left "$path" "$old"; then what=left; fi
  n=$((n + 1))
  printf 'path-%s=%s\\nwhat-%s=%s\\n' "$n" "$(printf %s "$path" | base64 -w0)" "$n" "$what"
  [ -z "$since" ] || echo "since-$n=changed"
  [ "$what" != left ] || continue
  if secret "$path" "$old"; then echo "secret-$n=yes"; else content "before-$n" "$old"; content "now-$n" "$now"; fi
done`;
}

/** Pure. undefined where the run has kept nothing. */
export function parseKept(stdout: string): Kept | undefined {
  const told = answers(stdout);
  const paths = toldFile(told, 'paths');
  if (paths === undefined) return undefined;
  const files: KeptFile[] = [];
  for (let n = 1; told.has(`path-${n}`); n += 1) {
    const what = told.get(`what-${n}`);
    files.push({
      path: toldFile(told, `path-${n}`) ?? '',
      before: toldFile(told, `before-${n}`),
      now: toldFile(told, `now-${n}`),
      what: what === 'removed' || what === 'returns' || what === 'left' ? what : 'restored',
      secret: told.get(`secret-${n}`) === 'yes',
      changedSince: told.get(`since-${n}`) === 'changed',
    });
  }
  const left = new Set(files.flatMap(({ path, what }) => (what === 'left' ? [path] : [])));
  return {
    paths: paths.split('\n').filter((path) => path !== '' && !left.has(path)),
    files,
    entries: parseEntries(told),
  };
}

/** Pure. The files of accounts that an undo writes. */
export function accountFilesOf({ entries }: Kept): AccountFile[] {
  const touched = entries.filter(({ what }) => what === 'removed' || what === 'returns');
  const files = touched.map(({ file: path, of }) => ({ path, of }));
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** Pure. Whether there is anything that an undo would do. */
export const hasEffect = (kept: Kept): boolean =>
  kept.files.some(({ what }) => what !== 'left') || accountFilesOf(kept).length > 0;

/**
 * Shell that makes the services take their files as they are now, by what each change of the run has laid down for that; the
 * last change first. A service that does not is named, and does not stop the others.
 */
export function reactivate(id: string): Sh {
  const at = kept(id);
  return sh`for n in $(ls ${at.undo} | sort -rn); do
  sh -eu ${at.undo}/"$n" </dev/null >/dev/null 2>&1 || echo "not-active=$n"
done`;
}

/**
 * Shell that restores every file as it was before the run, with owner and mode, and removes the accounts that it added; each is laid beside
 * first, so that a full disk takes nothing away.
 */
export function putBack(id: string): Sh {
  const at = kept(id);
  return sh`[ -s ${at.files} ] || [ -s ${at.folder}/accounts ] || { echo 'What that run has kept is not there any more.' >&2; exit 1; }
${undoEntries(at.folder)}
[ -e ${at.files} ] || exit 0
${LEFT(id)}
while IFS= read -r path; do
  old=${verbatim(at.before)}$path
  look_at "$path"
  if is_left "$path" "$old"; then continue; fi
  controls "$path" || exit 1
  if [ ! -e "$old" ] && [ ! -L "$old" ]; then as "$owner" rm -rf -- "$path"
  elif [ "$owner" = root ]; then
    mkdir -p "\${path%/*}"
    new=$(mktemp -d "\${path%/*}/.broker-setup.XXXXXX") || exit 1
    cp -a -- "$old" "$new/new" || { rm -rf -- "$new"; exit 1; }
    if [ -d "$old" ] || [ -d "$path" ]; then rm -rf -- "$path"; fi
    # A file that is itself a mount point, as /etc/hosts in a container, can only be filled.
    mv -fT -- "$new/new" "$path" 2>/dev/null || cat "$old" >"$path" || exit 1
    rm -rf -- "$new"
  elif [ -f "$old" ]; then
    replace "$owner" "$path" "$(stat -c %a "$old")" "$owner" <"$old" || exit 1
    as "$owner" touch -d "@$(stat -c %Y "$old")" "$path"
  fi
done <${at.files}`;
}
