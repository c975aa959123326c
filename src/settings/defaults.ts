import { homedir } from 'node:os';
import { join } from 'node:path';
import { isSourceAvailable } from './emqx-versions.js';
import type { Draft } from './schema.js';
import { type Group, isGroup, type Leaf, ROOT } from './tree.js';

/** A default that depends on other settings; undefined while those are not known. */
interface Derived {
  /** The setting that it follows; where that one is wrong, nothing is said about this one. */
  of?: string;
  from(draft: Draft): string | undefined;
  /** For the README's table. */
  inWords: string;
}

export const DERIVED: Readonly<Record<string, Derived>> = {
  hostname: {
    of: 'domain',
    from: ({ domain }) => (typeof domain === 'string' ? domain.split('.')[0] : undefined),
    inWords: 'the first part of the domain',
  },
  'key.file': {
    of: 'hostname',
    from: ({ hostname }) => (typeof hostname === 'string' ? `~/.ssh/broker-setup_${hostname}` : undefined),
    inWords: '`~/.ssh/broker-setup_HOSTNAME`',
  },
  'broker.kind': { from: () => 'emqx', inWords: '`emqx`, whose version must then be named' },
};

/** Settings whose answer may be that there is none: '' then, which a file keeps until it is complete, so that nobody is asked again. */
const MAY_BE_NONE: ReadonlySet<string> = new Set(['key.alias', 'broker.package', 'certificate.email']);

/** A copy without the settings of which it was said that there is none. */
export function withoutNone<Of extends Block>(draft: Of): Of {
  const copied = structuredClone(draft);
  for (const path of MAY_BE_NONE)
    if (valueAt(copied, path.split('.')) === '') put(copied, path.split('.'), undefined);
  return copied;
}

/** Whether a person has to give this setting. */
export const isNeeded = (leaf: Leaf): boolean =>
  !leaf.optional && leaf.fallback === undefined && !(leaf.path in DERIVED);

/** Settings that a person has to give only because of others. */
const NEEDED_WITH: Readonly<Record<string, (broker: Block) => boolean>> = {
  'broker.version': ({ kind }) => kind === 'emqx',
  'broker.agree_licence': ({ kind, version }) =>
    kind === 'emqx' && typeof version === 'string' && isSourceAvailable(version),
  'broker.sha256': ({ kind, package: from }) => kind === 'emqx' && /^https:/i.test(String(from)),
};

/** Whether a person has to give this setting, the others being as they are. */
export function isNeededWith(leaf: Leaf, filled: Block): boolean {
  const broker = valueAt(filled, ['broker']);
  return isNeeded(leaf) || (isBlock(broker) && NEEDED_WITH[leaf.path]?.(broker) === true);
}

/**
 * Who reaches the dashboard of a new set-up. A settings file that does not say it keeps the schema's default, `public`: that is what the
 * server that it describes has.
 */
export const SAFE_DASHBOARD = 'tunnel';

export type Block = Record<string, unknown>;

export const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at `keys`; undefined where there is none, also for what YAML calls null ("email:" with nothing behind it). */
export function valueAt(block: unknown, keys: readonly string[]): unknown {
  let value = block;
  for (const key of keys) value = isBlock(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value ?? undefined;
}

/** A copy of the known settings with every default that can be told; wrong values stay as they are. */
export function withDefaults(draft: Block, home: string = homedir()): Block {
  const filled = copy(ROOT, withoutNone(draft), home) as Block;
  for (const [path, { from }] of Object.entries(DERIVED)) {
    const keys = path.split('.');
    const value = valueAt(filled, keys) ?? from(filled as Draft);
    if (value !== undefined) put(filled, keys, typeof value === 'string' ? expandHome(value, home) : value);
  }
  return filled;
}

function copy(group: Group, value: unknown, home: string): unknown {
  if (value !== undefined && !isBlock(value)) return value;
  const entries = group.children.map((node) => {
    const key = node.keys.at(-1) as string;
    const own = valueAt(value, [key]);
    if (isGroup(node)) return [key, copy(node, own, home)];
    return [
      key,
      node.file && typeof own === 'string' ? expandHome(own, home) : (withoutNulls(own) ?? node.fallback),
    ];
  });
  return Object.fromEntries(entries.filter(([, own]) => own !== undefined));
}

/** A list of blocks without what YAML calls null in its entries ("until:" with nothing behind it); all else as it is. */
export function withoutNulls(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const given = ([, own]: [string, unknown]) => own !== null && own !== undefined;
  return value.map((entry: unknown) =>
    isBlock(entry) ? Object.fromEntries(Object.entries(entry).filter(given)) : entry,
  );
}

/** Sets a value in place and makes the blocks on the way; where one of them is something else, that stays and is reported later. */
export function put(block: Block, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys as [string, ...string[]];
  if (rest.length === 0) {
    if (value === undefined) delete block[key];
    else block[key] = value;
    return;
  }
  const inner = valueAt(block, [key]) ?? {};
  block[key] = inner;
  if (isBlock(inner)) put(inner, rest, value);
}

/** `~/x` (on Windows also `~\x`) as an absolute path. `~user` is not known outside a shell and stays. */
export function expandHome(path: string, home: string = homedir()): string {
  return /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;
}

/** The reverse of expandHome, so that broker.yaml means the same on another computer. */
export function contractHome(path: string, home: string = homedir()): string {
  const rest = path.startsWith(home) ? path.slice(home.length) : '';
  return /^[/\\]./.test(rest) && home.length > 1 ? `~/${rest.slice(1).replaceAll('\\', '/')}` : path;
}
