import * as v from 'valibot';
import { SettingsSchema } from './schema.js';

/** One setting as the schema defines it. */
export interface Leaf {
  /** As people write it: `user.name`. */
  path: string;
  keys: string[];
  title: string;
  description: string;
  kind: 'text' | 'number' | 'boolean' | 'choice' | 'list' | 'blocks';
  /** The values of a choice, or the words of a list. */
  choices: (string | number)[];
  /** What each entry of a list of blocks holds, its name first; paths begin at the entry. Empty for all other kinds. */
  fields: Leaf[];
  /** The default where it is always the same; undefined where there is none or it depends on other settings. */
  fallback: unknown;
  /** May be left out although there is no default. */
  optional: boolean;
  /** Names a file on this computer. */
  file: boolean;
  /** No message and no report may show its value. */
  secret: boolean;
  flag: string | undefined;
  example: string | number | boolean | undefined;
  schema: v.GenericSchema;
}

/** A block of settings. */
export interface Group {
  path: string;
  keys: string[];
  description: string;
  children: (Leaf | Group)[];
}

/** The parts of valibot's objects that are walked; one cast instead of a union of all its types. */
interface Node {
  type: string;
  pipe?: (Node & { kind: string })[];
  entries?: Record<string, Node>;
  options?: (Node | string | number)[];
  wrapped?: Node;
  item?: Node;
  literal?: string | number;
  default?: unknown;
}

export const isGroup = (node: Leaf | Group): node is Group => 'children' in node;

/** The settings in the order of the schema. */
export const ROOT = group(SettingsSchema as unknown as Node, []);
export const LEAVES: readonly Leaf[] = leavesOf(ROOT);

/** The setting of this path. @throws TypeError where there is none: paths are written in the program, not typed */
export function leaf(path: string): Leaf {
  const found = LEAVES.find((one) => one.path === path);
  if (!found) throw new TypeError(`There is no setting ${path}.`);
  return found;
}

/** All settings below a group, in the order of the schema. */
export function leavesOf(node: Group): Leaf[] {
  return node.children.flatMap((child) => (isGroup(child) ? leavesOf(child) : [child]));
}

function group(node: Node, keys: string[]): Group {
  const described = node as unknown as v.GenericSchema;
  return {
    path: keys.join('.'),
    keys,
    description: v.getDescription(described) ?? '',
    children: Object.entries(entriesOf(node)).map(([key, variants]) => child(variants, [...keys, key])),
  };
}

/** The entries of an object, or of all alternatives of a variant together. */
function entriesOf(node: Node): Record<string, Node[]> {
  const objects = node.type === 'variant' ? (node.options as Node[]) : [node];
  const all: Record<string, Node[]> = {};
  for (const object of objects) {
    for (const [key, entry] of Object.entries(object.entries ?? {})) all[key] = [...(all[key] ?? []), entry];
  }
  return all;
}

function child(variants: Node[], keys: string[]): Leaf | Group {
  const first = variants[0] as Node;
  return first.entries || first.type === 'variant' ? group(first, keys) : leafOf(first, variants, keys);
}

function leafOf(node: Node, variants: Node[], keys: string[]): Leaf {
  const described = node as unknown as v.GenericSchema;
  const inner = node.type === 'optional' ? (node.wrapped as Node) : node;
  const metadata = v.getMetadata(described) as { flag?: string };
  const marks = v.getMetadata(inner as unknown as v.GenericSchema);
  const choices = variants.flatMap(choicesOf);
  const fields = inner.item?.entries ? leavesOf(group(inner.item, [])) : [];
  return {
    path: keys.join('.'),
    keys,
    title: v.getTitle(described) ?? keys.join('.'),
    description: v.getDescription(described) ?? '',
    kind: kindOf(inner, choices, fields),
    choices,
    fields,
    fallback: node.default,
    optional: node.type === 'optional' && node.default === undefined,
    file: 'file' in marks,
    secret: 'secret' in marks,
    flag: metadata.flag,
    example: (v.getExamples(described) as readonly Leaf['example'][])[0],
    schema: described,
  };
}

function kindOf(inner: Node, choices: Leaf['choices'], fields: Leaf[]): Leaf['kind'] {
  if (inner.type === 'array') return fields.length > 0 ? 'blocks' : 'list';
  if (choices.length > 0) return 'choice';
  return inner.type === 'number' || inner.type === 'boolean' ? inner.type : 'text';
}

function choicesOf(node: Node): (string | number)[] {
  const inner = node.type === 'optional' ? (node.wrapped as Node) : node;
  if (inner.type === 'literal') return [inner.literal as string | number];
  if (inner.type === 'array') return choicesOf(inner.item as Node);
  return inner.type === 'picklist' ? (inner.options as (string | number)[]) : [];
}
