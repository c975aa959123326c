/** A value of a configuration file of EMQX 5, as far as its files and ours use HOCON. */
export type Hocon = string | number | boolean | Hocon[] | { [key: string]: Hocon };

const BLANKS = /(?:[\s,]|#.*|\/\/.*)*/y;
const INCLUDE = /include\s+(?:"([^"]+)"|required\("([^"]+)"\))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const KEY = /[\w$:-]+(?:\.[\w$:-]+)*/y;
const BARE = /[^\s,\]}#"][^\n,\]}#]*/y;
const ASSIGNED = /[ \t]*[=:]?[ \t]*/y;

/**
 * Reads files one after the other, so that a later one counts more.
 * @param included content of an included file; undefined: there is none
 */
export function hocon(texts: readonly string[], included: Included = () => ''): Hocon {
  return texts.reduce<Hocon>((known, text) => merged(known, parse(text, included)), {});
}

type Included = (name: string) => string | undefined;

function parse(text: string, included: Included): Hocon {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found;
  };
  const members = (end: string | undefined): Hocon => {
    let object: Hocon = {};
    for (take(BLANKS); at < text.length && text[at] !== end; take(BLANKS)) {
      const [, name, required] = take(INCLUDE) ?? [];
      const file = name ?? required;
      object = merged(object, file === undefined ? member() : include(file, required !== undefined));
    }
    if (text[at] !== end) throw new SyntaxError(`expected ${end ?? 'the end'} at ${text.slice(at, at + 30)}`);
    at += 1;
    return object;
  };
  const include = (file: string, required: boolean): Hocon => {
    const content = included(file);
    if (content === undefined && required) throw new Error(`${file} is required, but missing`);
    return parse(content ?? '', included);
  };
  const member = (): Hocon => {
    const path = take(QUOTED)?.slice(1) ?? take(KEY)?.[0].split('.');
    if (!path) throw new SyntaxError(`no key at ${text.slice(at, at + 30)}`);
    take(ASSIGNED);
    return path.reduceRight<Hocon>((inner, key) => ({ [key]: inner }), value());
  };
  const value = (): Hocon => {
    if (text[at] === '{') {
      at += 1;
      return members('}');
    }
    if (text[at] === '[') {
      at += 1;
      const items: Hocon[] = [];
      for (take(BLANKS); text[at] !== ']'; take(BLANKS)) items.push(value());
      at += 1;
      return items;
    }
    const quoted = take(QUOTED);
    if (quoted) return JSON.parse(quoted[0]) as string;
    const bare = take(BARE)?.[0].trim();
    if (bare === undefined) throw new SyntaxError(`no value at ${text.slice(at, at + 30)}`);
    if (bare === 'true' || bare === 'false') return bare === 'true';
    return /^\d+$/.test(bare) ? Number(bare) : bare;
  };
  return members(undefined);
}

const isObject = (value: Hocon | undefined): value is { [key: string]: Hocon } =>
  typeof value === 'object' && !Array.isArray(value);

/** Objects are merged, and of anything else the later one counts. */
function merged(known: Hocon, later: Hocon): Hocon {
  if (!isObject(known) || !isObject(later)) return later;
  const all = { ...known };
  for (const [key, value] of Object.entries(later)) {
    const before = all[key];
    all[key] = before === undefined ? value : merged(before, value);
  }
  return all;
}

/** `a.b.c` → value, for everything that is no object. */
export function leaves(value: Hocon, path = ''): [string, Hocon][] {
  if (!isObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
