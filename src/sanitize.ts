import { stripVTControlCharacters } from 'node:util';

/** Makes text from a server fit for a terminal: no escapes, no control, invisible or turning characters, one line. */
export const clean = (text: string): string => plain(text).trimEnd();

/** The same with the spaces at its end: for a part of a line. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
