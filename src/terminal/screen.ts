import { plain } from '../sanitize.js';

/** What the colours of theme.ts are made of, and nothing else: bold, dim, red, green, and their ends (ECMA-48, SGR). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const OWN_COLOUR = /(\u001b\[(?:1|2|22|31|32|39)m)/;

/** Pure. Text fit for a terminal, whatever it was put together from: of all control characters only new lines and our own colours stay. */
export function harmless(text: string): string {
  const made = (piece: string, index: number) => (index % 2 === 1 ? piece : plain(piece));
  return text
    .split('\n')
    .map((line) => line.split(OWN_COLOUR).map(made).join(''))
    .join('\n');
}

/** Writes for people. Everything that is written goes through here, or through listr2 and inquirer after it was cleaned. */
export function show(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(harmless(text));
}

/** Tells the person something, on stderr: stdout holds results only. */
export const say = (text: string): void => show(`${text}\n`, process.stderr);
