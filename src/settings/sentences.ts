import * as v from 'valibot';
import { Secret } from '../sh.js';
import { nearest } from './nearest.js';
import { show } from './show.js';
import { type Group, isGroup, LEAVES, type Leaf, leavesOf, ROOT } from './tree.js';

/** The sentence about a wrong value. @param name what people call the setting @param message what the schema says */
export function wrongValue(name: string, leaf: Leaf, value: unknown, message: string): string {
  return `${name} is ${shown(leaf, value)}, but ${whatIsRight(leaf, value, message)}.`;
}

/** The value as an error may show it; a secret one, or one where a block with a secret should be, is blanked. */
export function shown(node: Leaf | Group, value: unknown): string {
  const secret = isGroup(node) ? leavesOf(node).some((leaf) => leaf.secret) : node.secret;
  return secret && typeof value !== 'object' ? String(new Secret(String(value))) : show(value);
}

/** What a wrong value must be instead, as the second half of a sentence. @param message what the schema says */
export function whatIsRight(leaf: Leaf, value: unknown, message: string): string {
  // The one way in which a known setting can be unknown to the schema: another alternative of its block has it.
  if (message.startsWith('Invalid key')) return 'must be left out: it belongs to another kind';
  if (leaf.kind === 'choice') {
    return `must be ${leaf.choices.length > 1 ? 'one of: ' : ''}${leaf.choices.join(', ')}`;
  }
  const plain = typeof value === 'number' || typeof value === 'boolean';
  if (leaf.kind !== 'text' || !plain) return message;
  const quoted = v.safeParse(leaf.schema, String(value));
  return quoted.success
    ? `must be text: put it in quotes, "${value}"`
    : `must be text, and ${quoted.issues[0].message}`;
}

/** The sentence about a name that is no setting. Its value is not shown: it may be a secret. */
export function unknownName(path: string): string {
  if (/passw|passphrase|secret|token/i.test(path)) {
    return `${show(path)} is no setting: secrets are asked for, or taken from the environment (BROKER_SETUP_LOGIN_PASSWORD and others), never from a file or a flag.`;
  }
  const meant = nearest(path, [
    ...LEAVES.map((leaf) => leaf.path),
    ...ROOT.children.map((child) => child.path),
  ]);
  return `${show(path)} is no setting${meant ? `; did you mean ${meant}?` : '.'}`;
}
