const MARKUP = Symbol('markup');

/** Text that is HTML already; only this file makes it, so a string can never be taken for it. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What a template may hold: text is escaped, markup stays, a list is joined, nothing is nothing. */
export type Piece = string | number | Markup | undefined | false | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Shows what cannot be seen: controls, invisible characters, those that turn the direction of text (Unicode TR 36, 3.2), half
 * surrogates. Not dropped, as a report is evidence: `[U+202E]`. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}

function render(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (typeof piece === 'string') return visible(piece).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');
  if (typeof piece === 'number') return String(piece);
  return MARKUP in piece ? piece[MARKUP] : piece.map(render).join('');
}

/** HTML in which every value is escaped, in text and in quoted attributes alike, as `sh` does it for the shell. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { [MARKUP]: strings.map((text, index) => text + render(pieces[index])).join('') };
}

/** Takes text of our own, such as the style sheet, as it is. */
export function trusted(text: string): Markup {
  return { [MARKUP]: text };
}

/** The finished text. */
export function written(markup: Markup): string {
  return markup[MARKUP];
}

/** A sentence in which `this` is a command or a name. */
export function prose(text: string): Markup {
  return html`${text.split('`').map((part, index, all) =>
    // An odd one without its partner is a character like any other.
    index % 2 === 0 ? part : index === all.length - 1 ? `\`${part}` : html`<code>${part}</code>`,
  )}`;
}
