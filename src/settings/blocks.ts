import * as v from 'valibot';
import { isBlock } from './defaults.js';
import { nearest } from './nearest.js';
import { wrongValue } from './sentences.js';
import { show } from './show.js';
import type { Leaf } from './tree.js';

/**
 * All that is wrong inside a list of blocks. Asked entry by entry, as valibot stops at the first unknown name of each
 * and says nothing of doubles while any entry lacks something.
 * @param list where it is no list, nothing is said here: the schema does
 * @returns one sentence each, entries counted from 1 as people do
 */
export function blockProblems({ path, fields }: Leaf, list: unknown): string[] {
  const [name] = fields;
  if (name === undefined || !Array.isArray(list)) return [];
  const names = list.map((entry: unknown) => {
    const own = isBlock(entry) ? entry[nameOf(name)] : undefined;
    return v.is(name.schema, own) ? String(own) : undefined;
  });
  return list.flatMap((entry: unknown, index) => {
    const own = names[index];
    const where = `${path}, entry ${index + 1}${own === undefined ? '' : ` (${own})`}`;
    const first = own === undefined ? index : names.indexOf(own);
    return [
      ...entryProblems(where, fields, entry),
      ...(first < index
        ? [`${where}: entry ${first + 1} names the same already; leave one of them out.`]
        : []),
    ];
  });
}

function entryProblems(where: string, fields: readonly Leaf[], entry: unknown): string[] {
  const known = fields.map(nameOf);
  if (!isBlock(entry))
    return [`${where} is ${show(entry)}, but must be a block of settings: ${known.join(', ')}.`];
  const unknown = Object.keys(entry).filter((key) => !known.includes(key));
  return [
    ...unknown.map((key) => {
      const meant = nearest(key, known);
      return `${where}: ${show(key)} is no setting${meant ? `; did you mean ${meant}?` : '.'}`;
    }),
    ...fields.flatMap((field) => {
      const value = entry[nameOf(field)] ?? undefined;
      if (value === undefined)
        return field.optional
          ? []
          : [`${where}: ${field.path} is missing: write "${field.path}: ${field.example}" into it.`];
      const parsed = v.safeParse(field.schema, value);
      return parsed.success
        ? []
        : [wrongValue(`${where}: ${field.path}`, field, value, parsed.issues[0].message)];
    }),
  ];
}

const nameOf = ({ keys }: Leaf) => keys.at(-1) as string;
