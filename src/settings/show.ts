const LONGEST = 60;

/** Characters that would move the cursor, colour the screen, or hide what stands there. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A value as an error may show it: quoted where it is text, escaped, at most 60 characters of it. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a block of settings';
  return typeof value === 'string' ? `"${cut(visible(value))}"` : cut(visible(String(value)));
}

/** The same for text that is part of a sentence. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : text;
}
