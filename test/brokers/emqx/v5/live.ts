import { createHash } from 'node:crypto';
import type { Node } from '../node.js';
import { effective } from './effective.js';
import { type Hocon, leaves } from './hocon.js';

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** As `~0p` of Erlang prints it, without quotes and spaces. */
function printed(value: Hocon): string {
  if (Array.isArray(value)) return `[${value.map(printed).sort().join(',')}]`;
  const [, host, port] = /^"?(\[::\]|\d+(?:\.\d+){3}):(\d+)"?$/.exec(String(value)) ?? [];
  if (host === undefined) return String(value);
  return `{{${host === '[::]' ? '0,0,0,0,0,0,0,0' : host.replaceAll('.', ',')}},${port}}`;
}

const short = (text: string) => (text.length > 100 ? `sha256:${digest(text)}` : text);

/** Facts of a running node by their names, such as `key telemetry.enable`. */
export type Live = Record<string, string>;

/** What a node answers that runs as its files say. */
function liveAs(node: Node): Live {
  const all = new Map(leaves(effective(node)));
  const cookie = String(all.get('node.cookie'));
  all.delete('node.cookie');
  const listeners = ['tcp', 'ssl', 'ws', 'wss'].map((type): [string, string] => [
    `listener ${type}:default`,
    `{true,true,${printed(all.get(`listeners.${type}.default.bind`) ?? '0.0.0.0:1')}}`,
  ]);
  return {
    'cookie ': digest(cookie),
    ...Object.fromEntries([...all].map(([key, value]) => [`key ${key}`, short(printed(value))])),
    ...Object.fromEntries(listeners),
    'chains ': '1',
    'authenticator mqtt:global': '{password_based:built_in_database,true}',
    'sources ': '1',
    'source ': '{file,true,/etc/emqx/acl.conf}',
  };
}

/** The same server, with what its node answers beside the accounts. A fact that is undefined is left out. */
export function answering(
  node: Node,
  changes: Record<string, string | undefined> = {},
  licence = 'none',
): Node {
  const facts = Object.entries({ ...liveAs(node), ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`'${name}=${value}'`],
  );
  return { ...node, accounts: [node.accounts, licence, ...facts].join(',') };
}
