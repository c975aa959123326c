const BEGIN =
  '## BEGIN broker-setup: laid down by it and rewritten by it; settings of your own go above, or into the dashboard';
const END = '## END broker-setup';

/** Pure. What stands between our marks in a file; undefined where there are none. */
export function block(content: string): string | undefined {
  return between(content, BEGIN, END)?.ours.join('\n');
}

/**
 * Pure. A file with this text between our marks, at its end, where it counts more than what stands above (of two settings for
 * one key HOCON takes the last); every other byte as it was. No text: no block.
 */
export function withBlock(content: string, text: string): string {
  const found = between(content, BEGIN, END);
  // Already so: not even its place is touched.
  if (found?.after.every((line) => line === '') && found.ours.join('\n') === text && text !== '')
    return content;
  const theirs = found ? [...found.before, ...found.after].join('\n') : content;
  if (text === '') return theirs;
  const gap = theirs === '' || theirs.endsWith('\n') ? '' : '\n';
  return `${theirs}${gap}${BEGIN}\n${text}\n${END}\n`;
}

/**
 * Pure. The lines of a file around and between two marks, the last pair of them, so that what is laid down next is found where a mark
 * was lost; undefined where there is no pair.
 */
export function between(
  content: string,
  first: string,
  last: string,
): { before: string[]; ours: string[]; after: string[] } | undefined {
  const lines = content.split('\n');
  const begin = lines.lastIndexOf(first);
  const end = lines.indexOf(last, begin);
  if (begin < 0 || end < 0) return undefined;
  return { before: lines.slice(0, begin), ours: lines.slice(begin + 1, end), after: lines.slice(end + 1) };
}
