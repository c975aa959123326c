/** One setting of a file: its value; undefined = it must not be set. */
export type Wanted = Readonly<Record<string, string | undefined>>;

/** A line that is neither empty, nor a comment, nor `key = value`. */
export interface BrokenLine {
  line: number;
  text: string;
}

/** `key = value`, as cuttlefish reads it: a `#` ends the value (cuttlefish_conf.peg). */
const SETTING =
  /^(?<key>\s*(?<name>[^\s#=]+)\s*=\s*)(?<value>[^\s#](?:[^#\r]*[^\s#])?)(?<rest>\s*(?:#[^\n]*)?)$/;

/** An example of the file's makers, behind comment signs. */
const EXAMPLE = /^\s*#+\s*(?<name>[^\s#=]+)\s*=/;

/** Pure. The settings that a file of EMQX 4 holds; of two for one key the last counts (seen with 4.3.5). */
export function read(content: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of content.split('\n')) {
    const { name, value } = SETTING.exec(line)?.groups ?? {};
    if (name !== undefined && value !== undefined) found.set(name, value);
  }
  return found;
}

/** Pure. Lines that EMQX would not start with. */
export function broken(content: string): BrokenLine[] {
  return content
    .split('\n')
    .map((text, index) => ({ line: index + 1, text: text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#') && !SETTING.test(text));
}

/** Pure. The keys of `wanted` that are not so in a file. */
export function differing(content: string, wanted: Wanted): string[] {
  const found = read(content);
  return Object.keys(wanted).filter((key) => found.get(key) !== wanted[key]);
}

/**
 * Pure. The file with these settings, and every other byte as it was: a value is changed where it stands; a new one goes below
 * the commented example of its key, or to the end; one that must not be set becomes a comment.
 */
export function edit(content: string, wanted: Wanted): string {
  return differing(content, wanted).reduce((text, key) => set(text, key, wanted[key]), content);
}

function set(content: string, key: string, value: string | undefined): string {
  const lines = content.split('\n');
  const named = (line: string) => SETTING.exec(line)?.groups?.name === key;
  if (value === undefined) return lines.map((line) => (named(line) ? `## ${line}` : line)).join('\n');
  const at = lines.findLastIndex(named);
  if (at >= 0) {
    lines[at] = (lines[at] ?? '').replace(
      SETTING,
      (_line, before: string, _name: string, _old: string, after: string) => before + value + after,
    );
    return lines.join('\n');
  }
  const example = lines.findLastIndex((line) => EXAMPLE.exec(line)?.groups?.name === key);
  const text = `${key} = ${value}`;
  if (example >= 0) lines.splice(example + 1, 0, text);
  else if (lines.at(-1) === '') lines.splice(-1, 0, text);
  else lines.push(text, '');
  return lines.join('\n');
}
