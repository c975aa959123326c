/** JSON.stringify leaves these as they are; a terminal may obey them, or show text turned round. */
const OBEYED = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Pure. JSON for a file as for a terminal: whatever is in a string, no control character is in the text. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(OBEYED, escaped)}\n`;
}

/** RFC 8259 section 7: characters beyond the first plane are a pair. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
