import { type Sh, sh } from '../../sh.js';

/** A file as it was seen; of a symbolic link, what it leads to. */
export interface SeenFile {
  content: string;
  /** Octal, four digits: `0644`. */
  mode: string;
  /** `user:group`. */
  owner: string;
}

/**
 * Shell that prints mode, owner, size and content of files; nothing of a file that does not exist. The content is one
 * piece of base64 for all of them, in their order: it can forge nothing, and a program for each file would cost more than all else.
 * @param words paths, or shell that expands to several
 */
export const printFiles = (words: readonly (string | Sh)[]): Sh => sh`set --
for file in ${splice(words)}; do
  # A name of two lines would look like two files.
  case $file in *'
'*) continue ;; esac
  [ ! -f "$file" ] || set -- "$@" "$file"
done
[ "$#" -gt 0 ] || exit 0
stat -L -c 'file=%a %U:%G %s %n' -- "$@" && printf 'contents=' && cat -- "$@" | base64 -w0`;

const splice = (words: readonly (string | Sh)[]): Sh =>
  words.map((word) => sh`${word}`).reduce((all, word) => sh`${all} ${word}`);

/**
 * Pure. The files by path.
 * @throws Error where contents and sizes do not agree: one of them was being written
 */
export function parseFiles(stdout: string): ReadonlyMap<string, SeenFile> {
  const contents = Buffer.from(/^contents=(.*)$/m.exec(stdout)?.[1] ?? '', 'base64');
  const files = new Map<string, SeenFile>();
  let at = 0;
  for (const [, mode = '', owner = '', size, path = ''] of stdout.matchAll(
    /^file=(\d+) (\S+) (\d+) (.*)$/gm,
  )) {
    const content = contents.subarray(at, at + Number(size)).toString('utf8');
    at += Number(size);
    files.set(path, { content, mode: mode.padStart(4, '0'), owner });
  }
  if (at !== contents.length) throw new Error('A file of the server was being written while it was read.');
  return files;
}
