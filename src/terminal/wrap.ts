import { clean } from '../sanitize.js';
import { columns } from './columns.js';

/** Text in lines of at most `width` characters, broken at spaces; a longer word has a line of its own. */
export function wrapLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A finding may contain output of a server, and be megabytes long. */
const LONGEST_TEXT = 4000;

/** Breaks at words so that a line fits the terminal behind `margin` columns; control characters in it are made harmless. */
export function wrap(text: string, margin: number): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return wrapLines(clean(short), columns() - 1 - margin).join(`\n${' '.repeat(margin)}`);
}
