import type { Setting } from './setting.js';

/** One key that a text of ours sets. */
export interface Managed {
  /** With dots, as in `telemetry.enable`. */
  key: string;
  /** In the form that plain() gives it. */
  value: string;
}

/** Only read at the first start, and hidden by the running node. */
const NOT_COMPARED: readonly string[] = ['dashboard.default_password', 'node.name'];

/**
 * Pure. The keys that settings in emqx.conf set, which wins over what is set in the dashboard: each must be in force.
 * Lists of objects (authentication, sources) are compared on their own, and limits are the owner's to change.
 */
export function managedBy(settings: readonly Setting[]): (Managed & { setting: Setting })[] {
  return settings
    .filter(({ id, layer }) => layer === 'conf' && id !== 'limits')
    .flatMap((setting) => keysIn(setting.text).map((one) => ({ ...one, setting })))
    .filter(({ key }) => !NOT_COMPARED.includes(key));
}

/** Reads HOCON in the form in which object() of hocon-text.ts prints it: a key, a `{` or a `}` on each line. */
function keysIn(text: string): Managed[] {
  const found: Managed[] = [];
  const inside: string[] = [];
  let list = false;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const [, opened] = /^([\w.]+) \{$/.exec(line) ?? [];
    const [, key, value] = /^([\w.]+) = (.+)$/.exec(line) ?? [];
    if (list) list = line !== ']';
    else if (opened !== undefined) inside.push(opened);
    else if (line === '}') inside.pop();
    else if (value === '[') list = true;
    else if (key !== undefined && value !== undefined && !value.startsWith('[{'))
      found.push({ key: [...inside, key].join('.'), value: plain(value) });
  }
  return found;
}

/** Pure. A value of HOCON, or one that the running node printed, in one form for both: no quotes, addresses as `[::]:8883`, lists sorted. */
export function plain(value: string): string {
  const bare = value.replaceAll(/["'<> ]/g, '');
  const [, items] = /^\[([\w.,-]+)\]$/.exec(bare) ?? [];
  if (items !== undefined) return `[${items.split(',').sort().join(',')}]`;
  return bare
    .replace(/^\{\{0(?:,0){7}\},(\d+)\}$/, '[::]:$1')
    .replace(/^\{\{(\d+),(\d+),(\d+),(\d+)\},(\d+)\}$/, '$1.$2.$3.$4:$5')
    .replace(/^\{(\d+),(\d+),(\d+),(\d+)\}$/, '$1.$2.$3.$4');
}
