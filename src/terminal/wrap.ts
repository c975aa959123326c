import { stripVTControlCharacters } from 'node:util';
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

/** Lines of prose for the screen, each broken at words; control characters in it are made harmless. */
export const prose = (text: string): string =>
  text
    .split('\n')
    .map((line) => wrap(line, 0))
    .join('\n');

/** Prose, and below it a command on a line of its own: it is to be pasted, and so never broken. */
export const withCommand = (text: string, command: string): string => `${prose(text)}\n  ${command}`;

/** Joins short pieces that may be coloured, as many on a line as fit the terminal. */
export function joined(pieces: readonly string[], separator: string): string {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.pop();
    const longer = last === undefined ? piece : `${last}${separator}${piece}`;
    if (last === undefined || stripVTControlCharacters(longer).length < columns()) lines.push(longer);
    else lines.push(last, piece);
  }
  return lines.join('\n');
}
