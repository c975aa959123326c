import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { type Document, isCollection, isNode, isSeq, Scalar, type YAMLSeq } from 'yaml';
import { SetupError } from '../errors.js';
import { wrapLines } from '../terminal/wrap.js';
import { parse, readText } from './config-file.js';
import { DERIVED, expandHome, isBlock, valueAt, withoutNulls } from './defaults.js';
import type { Draft, Settings } from './schema.js';
import { SCHEMA_FILE, toYaml, WIDTH, written } from './to-yaml.js';
import { LEAVES, type Leaf } from './tree.js';

/**
 * Writes broker.yaml with mode 0600, the old file or the new one being there at any time. In a file that was edited by hand
 * only what differs is changed: order, comments and everything else of the user's stay.
 * @param schema path of the packaged JSON Schema, laid beside a new file: a path into npx's cache would not last
 * @returns whether something had to be written
 * @throws UsageError where the existing file is not YAML, SetupError `config-unwritable` where it cannot be written
 */
export async function saveConfig(
  file: string,
  settings: Settings,
  schema = packagedSchema(),
): Promise<boolean> {
  return save(file, settings, schema, false);
}

/**
 * Writes the answers so far to the settings file, as saveConfig() does; what is not known yet is commented out. An answer is written
 * also where it is the default, so that it is not asked for again.
 * @throws as saveConfig()
 */
export async function saveAnswers(file: string, draft: Draft, schema = packagedSchema()): Promise<void> {
  await save(file, draft, schema, true);
}

/**
 * Checks that saveConfig() will be able to write, by writing a file of no name beside it and deleting it again.
 * @throws SetupError `config-unwritable`
 */
export async function checkWritable(file: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const trial = besides(target);
  try {
    await (await open(trial, 'wx', 0o600)).close();
    await rm(trial);
  } catch (cause) {
    throw unwritable(file, target, cause);
  }
}

async function save(
  file: string,
  settings: Settings | Draft,
  schema: string | undefined,
  explicit: boolean,
): Promise<boolean> {
  const target = await realpath(file).catch(() => file);
  const before = existsSync(target) ? await readText(target) : undefined;
  try {
    if (before !== undefined) {
      const after =
        (await rewritten(before, settings, file)) ?? (await toYamlLike(before, settings, file, explicit));
      if (after !== before) await replace(target, after);
      return after !== before;
    }
    if (schema !== undefined)
      await replace(join(dirname(target), SCHEMA_FILE), await readText(schema), 0o644);
    await replace(target, toYaml(settings, schema !== undefined));
    return true;
  } catch (cause) {
    throw unwritable(file, target, cause);
  }
}

/** The new text of a file that is, to the letter, what this program writes for its values; undefined where somebody has edited it. */
async function rewritten(
  text: string,
  settings: Settings | Draft,
  file: string,
): Promise<string | undefined> {
  const schema = text.startsWith(toYaml({}, true).split('\n')[0] as string);
  const held: unknown = (await parse(text, file)).toJS();
  return isBlock(held) && toYaml(held as Draft, schema) === text ? toYaml(settings, schema) : undefined;
}

/** What open(2) says, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission to write in',
  EPERM: 'you have no permission to write in',
  EROFS: 'the file system is read-only, in',
  ENOSPC: 'the disk is full, in',
  EDQUOT: 'your disk quota is used up, in',
  ENOENT: 'there is no folder',
  ENOTDIR: 'there is no folder',
};

function unwritable(file: string, target: string, cause: unknown): SetupError {
  if (cause instanceof SetupError) return cause;
  const { code = '', message = String(cause) } = cause as NodeJS.ErrnoException;
  const known = REASONS[code];
  const why = known === undefined ? message : `${known} ${dirname(resolve(target))}`;
  return new SetupError(`The settings cannot be written to ${file}: ${why}.`, {
    code: 'config-unwritable',
    hint: 'Run it in a directory that you may write to, or name another file with --config.',
    cause,
  });
}

/** The schema at the package's root, from dist/ as from src/settings/; undefined in a checkout that was not built. */
function packagedSchema(): string | undefined {
  return ['../', '../../']
    .map((up) => fileURLToPath(new URL(`${up}${SCHEMA_FILE}`, import.meta.url)))
    .find((path) => existsSync(path));
}

/** `text` with what differs from `settings` put right. @param explicit also writes what the default would be */
export async function toYamlLike(
  text: string,
  settings: Settings | Draft,
  file: string,
  explicit = false,
): Promise<string> {
  const document = await parse(text, file);
  if (!isCollection(document.contents)) return toYaml(settings);
  const before: unknown = document.toJS();
  const changed = LEAVES.filter((leaf) => put(document, before, leaf, settings, explicit));
  if (changed.length === 0) return text;
  const after = document.toString({ lineWidth: 0 });
  return text.includes('\r\n') ? after.replace(/\r?\n/g, '\r\n') : after;
}

/** @returns whether the document had to be changed */
function put(
  document: Document,
  before: unknown,
  leaf: Leaf,
  settings: Settings | Draft,
  explicit: boolean,
): boolean {
  const was = withoutNulls(valueAt(before, leaf.keys));
  const wanted = valueAt(settings, leaf.keys);
  if (isDeepStrictEqual(was, wanted) || (leaf.file && typeof was === 'string' && expandHome(was) === wanted))
    return false;
  if (wanted === undefined) return document.deleteIn(leaf.keys);
  const byDefault = leaf.fallback ?? DERIVED[leaf.path]?.from(settings);
  const isDefault = isDeepStrictEqual(byDefault, wanted) || byDefault === written(leaf, settings);
  if (was === undefined && isDefault && !explicit) return false;
  const existing = document.getIn(leaf.keys, true);
  if (existing instanceof Scalar && typeof wanted !== 'object') existing.value = written(leaf, settings);
  else if (leaf.kind === 'blocks' && isSeq(existing) && existing.items.length > 0)
    putEntries(document, existing, wanted as unknown[]);
  else {
    clearNull(document, leaf.keys.slice(0, -1));
    document.setIn(
      keyNodes(document, leaf),
      document.createNode(written(leaf, settings), { flow: leaf.kind !== 'blocks' }),
    );
  }
  return true;
}

/** Entries that stay as they are keep their comments. */
function putEntries(document: Document, list: YAMLSeq, wanted: readonly unknown[]): void {
  const old = list.items;
  list.items = wanted.map(
    (entry) =>
      old.find((item) => isNode(item) && isDeepStrictEqual(withoutNulls([item.toJS(document)]), [entry])) ??
      document.createNode(entry),
  );
}

/** `login:` with nothing behind it is null to YAML, which cannot take an entry. */
function clearNull(document: Document, keys: readonly string[]): void {
  if (keys.length > 0 && !isBlock(valueAt(document.toJS(), keys)) && document.hasIn(keys))
    document.deleteIn(keys);
}

/** The keys of a setting that is new in the file, the last one with its explanation above it. */
function keyNodes(document: Document, leaf: Leaf): unknown[] {
  const last = document.createNode(leaf.keys.at(-1));
  if (isNode(last))
    last.commentBefore = wrapLines(leaf.description, WIDTH - 2 * leaf.keys.length)
      .map((line) => ` ${line}`)
      .join('\n');
  return [...leaf.keys.slice(0, -1), last];
}

async function replace(file: string, content: string, mode = 0o600): Promise<void> {
  const temporary = besides(file);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

/** A name in the same folder that nothing has. */
const besides = (file: string): string =>
  join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
