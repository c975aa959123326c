import * as v from 'valibot';
import { crossProblems } from './cross.js';
import { type Block, DERIVED, isBlock, isNeededWith, valueAt, withDefaults } from './defaults.js';
import { nearest } from './nearest.js';
import { type Settings, SettingsSchema } from './schema.js';
import { show } from './show.js';
import { type Group, isGroup, LEAVES, type Leaf, ROOT } from './tree.js';

/** Either all settings, or everything that keeps them from being all. */
export type Completed =
  | { settings: Settings }
  /** missing: paths of settings that only a person can give. problems: one sentence each, naming setting, value and what is right. */
  | { settings?: never; missing: string[]; problems: string[] };

/**
 * Fills in the defaults and validates everything at once. Pure but for the default of `home`.
 * In the outcome a leading ~ of paths is expanded.
 * @param draft what file, flags and wizard gave so far, unchecked
 */
export function complete(draft: unknown, { home }: { home?: string } = {}): Completed {
  if (draft !== undefined && draft !== null && !isBlock(draft)) {
    return {
      missing: [],
      problems: [`The settings are ${show(draft)}, but must be lines of the form "name: value".`],
    };
  }
  const given: Block = draft ?? {};
  const filled = withDefaults(given, home);
  const parsed = v.safeParse(SettingsSchema, filled);
  const missing = LEAVES.filter((leaf) => isNeededWith(leaf, filled) && isMissing(filled, leaf)).map(
    (leaf) => leaf.path,
  );
  const wrong = parsed.success ? new Map<string, string>() : problemsByPath(parsed.issues, filled, given);
  const problems = [
    ...misplaced(ROOT, given),
    ...wrong.values(),
    ...crossProblems(filled, new Set([...wrong.keys(), ...missing])),
  ];
  if (parsed.success && missing.length === 0 && problems.length === 0) return { settings: parsed.output };
  return { missing, problems };
}

/**
 * Whether this one value would be right for this setting, said as inquirer wants it.
 * @returns true, or what it must be instead
 */
export function validate(leaf: Leaf, value: unknown): true | string {
  const parsed = v.safeParse(leaf.schema, value);
  return parsed.success ? true : `It ${whatIsRight(leaf, value, parsed.issues[0].message)}.`;
}

/** A block of the wrong type is one problem of its own; what would be inside is not missing as well. */
function isMissing(filled: Block, leaf: Leaf): boolean {
  const parents = leaf.keys.slice(0, -1);
  return valueAt(filled, leaf.keys) === undefined && isBlock(valueAt(filled, parents) ?? filled);
}

function problemsByPath(
  issues: readonly v.BaseIssue<unknown>[],
  filled: Block,
  given: Block,
): Map<string, string> {
  const problems = new Map<string, string>();
  const silent = new Set<string>();
  for (const issue of issues) {
    const path = v.getDotPath(issue) ?? '';
    const value = valueAt(filled, path.split('.'));
    const of = valueAt(given, path.split('.')) === undefined ? DERIVED[path]?.of : undefined;
    if (of !== undefined && (problems.has(of) || silent.has(of))) silent.add(path);
    // What is not there is either missing, or follows from another setting that is missing.
    const leaf = LEAVES.find((one) => one.path === path);
    if (!leaf || value === undefined || silent.has(path) || problems.has(path)) continue;
    problems.set(path, `${path} is ${show(value)}, but ${whatIsRight(leaf, value, issue.message)}.`);
  }
  return problems;
}

function whatIsRight(leaf: Leaf, value: unknown, message: string): string {
  // The one way in which a known setting can be unknown to the schema: another alternative of its block has it.
  if (message.startsWith('Invalid key')) return 'must be left out: it belongs to another kind';
  if (leaf.kind === 'choice') {
    return `must be ${leaf.choices.length > 1 ? 'one of: ' : ''}${leaf.choices.join(', ')}`;
  }
  if (leaf.kind !== 'text') return message;
  const plain = typeof value === 'number' || typeof value === 'boolean';
  return plain ? `must be text: put it in quotes, "${value}"` : message;
}

/** Names that are no setting, and values where a block of settings should be; valibot takes a list for a block. */
function misplaced(group: Group, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!isBlock(value)) {
    const names = group.children.map((child) => child.keys.at(-1)).join(', ');
    return [`${group.path} is ${show(value)}, but must be a block of settings: ${names}.`];
  }
  const known = new Map(group.children.map((child) => [child.keys.at(-1) as string, child]));
  return Object.entries(value).flatMap(([key, inner]) => {
    const child = known.get(key);
    if (child) return isGroup(child) ? misplaced(child, inner) : [];
    return [unknownName([...group.keys, key].join('.'))];
  });
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
