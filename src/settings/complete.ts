import * as v from 'valibot';
import { blockProblems } from './blocks.js';
import { crossProblems } from './cross.js';
import { type Block, DERIVED, isBlock, isNeededWith, valueAt, withDefaults } from './defaults.js';
import { type Settings, SettingsSchema } from './schema.js';
import { shown, unknownName, whatIsRight, wrongValue } from './sentences.js';
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
    ...LEAVES.flatMap((leaf) => blockProblems(leaf, valueAt(given, leaf.keys))),
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
    problems.set(path, wrongValue(path, leaf, value, issue.message));
  }
  return problems;
}

/** Names that are no setting, and values where a block of settings should be; valibot takes a list for a block. */
function misplaced(group: Group, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!isBlock(value)) {
    const names = group.children.map((child) => child.keys.at(-1)).join(', ');
    return [`${group.path} is ${shown(group, value)}, but must be a block of settings: ${names}.`];
  }
  const known = new Map(group.children.map((child) => [child.keys.at(-1) as string, child]));
  return Object.entries(value).flatMap(([key, inner]) => {
    const child = known.get(key);
    if (child) return isGroup(child) ? misplaced(child, inner) : [];
    return [unknownName([...group.keys, key].join('.'))];
  });
}
