import { type Sh, sh } from '../sh.js';
import { type Answers, tellFile, toldFile } from './answers.js';
import type { FileChange } from './change.js';

/** A file as a probe saw it. */
export interface SeenFile {
  content: string;
  /** Octal, four digits: `0644`. */
  mode: string;
  /** `user:group`. */
  owner: string;
}

/** Pure. Whether a file is there and as it should be, to its owner and mode. */
export function isAsWanted(
  seen: SeenFile | undefined,
  { content, mode, owner }: Pick<FileChange, 'content' | 'mode' | 'owner'>,
): boolean {
  const text = typeof content === 'string' ? content : content.reveal();
  return seen?.content === text && seen.mode === mode && seen.owner === owner;
}

/** As tellFile, with mode and owner. */
export function tellSeenFile(name: string, path: string): Sh {
  return sh`${tellFile(name, path)}
stat -L -c ${`${name}-mode=%a %U:%G`} ${path}`;
}

/** The file that tellSeenFile answered; undefined where there is none. */
export function toldSeenFile(told: Answers, name: string): SeenFile | undefined {
  const content = toldFile(told, name);
  const [mode = '', owner = ''] = told.get(`${name}-mode`)?.split(' ') ?? [];
  return content === undefined ? undefined : { content, mode: mode.padStart(4, '0'), owner };
}

/**
 * Shell that tells mode, owner and content of files; nothing of a file that is not there.
 * @param words one word, or shell that expands to several, such as a glob
 */
export function tellFiles(words: Sh): Sh {
  return sh`set --
for file in ${words}; do [ ! -f "$file" ] || set -- "$@" "$file"; done
if [ "$#" -gt 0 ]; then stat -L -c 'mode=%a %U:%G %n' "$@"; fi
for file; do printf content=; base64 -w0 "$file"; echo " $file"; done`;
}

/** Pure. The files that tellFiles told of, by path. */
export function toldFiles(stdout: string): Map<string, SeenFile> {
  const contents = new Map(
    [...stdout.matchAll(/^content=(\S*) (.*)$/gm)].map(([, content = '', path = '']) => [path, content]),
  );
  const modes = stdout.matchAll(/^mode=(\d+) (\S+) (.*)$/gm);
  return new Map(
    [...modes].map(([, mode = '', owner = '', path = '']) => [
      path,
      { content: decode(contents.get(path)), mode: mode.padStart(4, '0'), owner },
    ]),
  );
}

function decode(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
