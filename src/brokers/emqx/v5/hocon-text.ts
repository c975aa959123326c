/** Pieces of HOCON: `name { … }` with each of these below the other, a step further in. */
export function object(name: string, ...inner: string[]): string {
  return `${name} {\n${inner.map(indent).join('\n')}\n}`;
}

export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

export const list = (items: readonly string[]): string => `[${items.map((item) => `"${item}"`).join(', ')}]`;
