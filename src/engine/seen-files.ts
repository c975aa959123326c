import { type Sh, sh } from '../sh.js';

/** A file as a probe saw it. */
export interface SeenFile {
  content: string;
  /** Octal, four digits: `0644`. */
  mode: string;
  /** `user:group`. */
  owner: string;
}

/**
 * Shell that tells mode, owner and content of files, each in one line; nothing of a file that is not there.
 * @param words one word, or shell that expands to several, such as a glob
 */
export function tellFiles(words: Sh): Sh {
  return sh`for file in ${words}; do
  if [ -f "$file" ]; then printf 'file=%s %s %s\\n' "$(stat -L -c '%a %U:%G' "$file")" "$(base64 -w0 "$file")" "$file"; fi
done`;
}

/** Pure. The files that tellFiles told of, by path. */
export function toldFiles(stdout: string): Map<string, SeenFile> {
  const told = stdout.matchAll(/^file=(\d+) (\S+) (\S*) (.*)$/gm);
  return new Map(
    [...told].map(([, mode = '', owner = '', content = '', path = '']) => [
      path,
      {
        content: Buffer.from(content, 'base64').toString('utf8'),
        mode: mode.padStart(4, '0'),
        owner,
      },
    ]),
  );
}
