import { UsageError } from '../errors.js';
import { type Block, isBlock, put } from './defaults.js';
import { unknownName } from './sentences.js';
import { show } from './show.js';
import { isGroup, LEAVES, type Leaf, leavesOf, ROOT } from './tree.js';

/** One setting from the command line; an undefined value takes it back to its default. */
export interface Assignment {
  keys: readonly string[];
  value: unknown;
}

/** A flag for commander, derived from the schema. */
export interface SettingFlag {
  /** As `command.option()` takes it: `--domain <value>`. */
  flags: string;
  description: string;
  /** The name under which commander hands the value on: `agreeTerms`. */
  key: string;
}

const camel = (flag: string) => flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

export const settingFlags: readonly SettingFlag[] = LEAVES.flatMap((leaf) => {
  if (!leaf.flag) return [];
  const argument =
    leaf.kind === 'boolean' ? '' : ` <${leaf.kind === 'choice' ? leaf.choices.join('|') : leaf.flag}>`;
  return [{ flags: `--${leaf.flag}${argument}`, description: leaf.description, key: camel(leaf.flag) }];
});

/**
 * Everything that the command line says about settings, later ones winning: SERVER, the flags, then `--set`.
 * @throws UsageError naming every `--set` that is wrong
 */
export function fromCommandLine(line: {
  server?: string | undefined;
  /** Commander's options; those that are no settings are passed over. */
  options?: Readonly<Record<string, unknown>>;
  /** `path=value` each. */
  set?: readonly string[];
}): Assignment[] {
  const problems: string[] = [];
  const set = (line.set ?? []).flatMap((pair) => {
    const read = parsePair(pair, line.server === undefined);
    if (typeof read !== 'string') return [read];
    problems.push(read);
    return [];
  });
  if (problems.length > 0) throw new UsageError('Some settings on the command line are wrong.', problems);
  const flags = LEAVES.flatMap((leaf) => {
    const value = leaf.flag ? line.options?.[camel(leaf.flag)] : undefined;
    return value === undefined ? [] : [{ keys: leaf.keys, value: convert(leaf, value) }];
  });
  return [...(line.server === undefined ? [] : fromServer(line.server)), ...flags, ...set];
}

/** `user@server`, as ssh takes it, means two settings. */
export function fromServer(typed: string): Assignment[] {
  const at = typed.indexOf('@');
  const server = { keys: ['server'], value: typed.slice(at + 1) };
  return at > 0 ? [server, { keys: ['login', 'user'], value: typed.slice(0, at) }] : [server];
}

/** A copy of `draft` with the assignments in it; a draft that is no block of settings stays as it is, for complete() to name. */
export function assign(draft: unknown, assignments: readonly Assignment[]): unknown {
  const base = draft ?? {};
  if (!isBlock(base)) return draft;
  const copy: Block = structuredClone(base);
  for (const { keys, value } of assignments) put(copy, keys, value);
  return copy;
}

/** @param mayBeServer whether no server was named: commander gives all words behind `--set` to it */
function parsePair(pair: string, mayBeServer: boolean): Assignment | string {
  const [, path, value] = /^\s*([\w.-]+)\s*=(.*)$/s.exec(pair) ?? [];
  // Shown as far as it can be a path: the rest may be an address that is a secret, and messages end up in logs.
  if (path === undefined || value === undefined) {
    const before = mayBeServer && !pair.includes('=') ? ' If it is the server, put it before --set.' : '';
    return `--set ${show(/^[\w.-]*/.exec(pair)?.[0])} must have the form PATH=VALUE, such as --set user.sudo=with-password.${before}`;
  }
  const leaf = LEAVES.find((one) => one.path === path);
  if (!leaf || leaf.kind === 'blocks') return `--set: ${notSettable(path)}`;
  return { keys: leaf.keys, value: value === '' ? undefined : convert(leaf, value) };
}

/** Why there is nothing of this name that one value can be given to. */
function notSettable(path: string): string {
  const block = ROOT.children.find((node) => node.path === path.split('.')[0]);
  if (block && !isGroup(block) && block.kind === 'blocks')
    return `${block.path} is a list of blocks, which no flag can hold: write it into broker.yaml.`;
  if (block && isGroup(block) && block.path === path)
    return `${path} is a block of settings: set one of ${leavesOf(block)
      .map((leaf) => leaf.path)
      .join(', ')}.`;
  return unknownName(path);
}

const WORDS = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

/** Text as the schema's type; what does not fit stays text, for complete() to name. */
function convert(leaf: Leaf, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (leaf.kind === 'number' && /^\d{1,9}$/.test(value)) return Number(value);
  if (leaf.kind === 'boolean') return WORDS.get(value) ?? value;
  if (leaf.kind === 'list') return value.split(',').map((word) => word.trim());
  return leaf.choices.find((choice) => String(choice) === value) ?? value;
}
