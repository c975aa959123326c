import { diffLines } from 'diff';

/** Pure. The lines in which two texts differ, with + and -; empty where they do not. */
export function difference(before: string, after: string): string {
  return diffLines(before, after)
    .filter(({ added, removed }) => added || removed)
    .flatMap(({ added, value }) =>
      value
        .trimEnd()
        .split('\n')
        .map((line) => `${added ? '+' : '-'} ${line}`),
    )
    .join('\n');
}
