import { type Sh, sh } from '../../sh.js';
import { controlled } from '../controlled.js';

/** A file as it was seen; of a symbolic link, what it leads to. */
export interface SeenFile {
  content: string;
  /** Octal, four digits: `0644`. */
  mode: string;
  /** `user:group`. */
  owner: string;
}

/** Prints the files that are its arguments; what they hold is one piece of base64, in their order: it can forge nothing. */
const PRINT = sh`stat -L -c 'file=%a %U:%G %s %n' -- "$@" && printf 'contents=' && cat -- "$@" | base64 -w0 && echo`;

/**
 * The same for the owner of a folder on the way, with the owner's rights: what that owner may not read is not there. With the
 * folder itself it would be root who looks behind a link.
 */
const PRINT_READABLE = sh`for file; do
  shift
  if [ -f "$file" ] && [ -r "$file" ]; then set -- "$@" "$file"; fi
done
[ "$#" -eq 0 ] || { ${PRINT}; }`;

/**
 * Shell that prints mode, owner, size and content of files; nothing of a file that does not exist. A program for each file
 * would cost more than all else, so files are printed together, by who controls them.
 * @param words paths, or shell that expands to several
 */
export const printFiles = (words: readonly (string | Sh)[]): Sh => sh`${controlled}
set --
theirs= owners= _seen=
for file in ${splice(words)}; do [ ! -f "$file" ] || set -- "$@" "$file"; done
[ "$#" -eq 0 ] || learn "$@"
for file; do
  shift
  # A name of two lines, which would look like two files, is passed over as well.
  walk "$file" || continue
  if [ "$owner" = root ]; then set -- "$@" "$file"; continue; fi
  theirs="$theirs$owner $file
"
  case " $owners " in *" $owner "*) ;; *) owners="$owners $owner" ;; esac
done
if [ "$#" -gt 0 ]; then ${PRINT} || exit; fi
for one in $owners; do
  set --
  while read -r owner file; do [ "$owner" != "$one" ] || set -- "$@" "$file"; done <<END
$theirs
END
  as "$one" sh -c ${PRINT_READABLE.run} sh "$@" || exit
done`;

const splice = (words: readonly (string | Sh)[]): Sh =>
  words.map((word) => sh`${word}`).reduce((all, word) => sh`${all} ${word}`);

/**
 * Pure. The files by path.
 * @throws Error where contents and sizes do not agree: one of them was being written
 */
export function parseFiles(stdout: string): ReadonlyMap<string, SeenFile> {
  const files = new Map<string, SeenFile>();
  for (const [, heads = '', encoded = ''] of stdout.matchAll(/((?:^file=.*\n)+)^contents=(.*)$/gm)) {
    const contents = Buffer.from(encoded, 'base64');
    let at = 0;
    for (const [, mode = '', owner = '', size, path = ''] of heads.matchAll(
      /^file=(\d+) (\S+) (\d+) (.*)$/gm,
    )) {
      const content = contents.subarray(at, at + Number(size)).toString('utf8');
      at += Number(size);
      files.set(path, { content, mode: mode.padStart(4, '0'), owner });
    }
    if (at !== contents.length) throw new Error('A file of the server was being written while it was read.');
  }
  return files;
}
