import fc from 'fast-check';
import { type Completed, complete } from '../../src/settings/complete.js';
import { type Block, put } from '../../src/settings/defaults.js';
import type { Settings } from '../../src/settings/schema.js';
import { LEAVES, type Leaf } from '../../src/settings/tree.js';
import { type Field, field, strange } from './values.js';

/** Settings that go together, each kind of which leads to other shell. */
const KINDS: readonly Block[] = [
  { broker: { kind: 'mosquitto' } },
  { broker: { kind: 'mosquitto' }, user: { sudo: 'with-password' }, exposure: 'guide' },
  { broker: { kind: 'emqx', version: '5.8.10' }, protocols: ['mqtt', 'coap', 'lwm2m'], dashboard: 'tunnel' },
  { broker: { kind: 'emqx', version: '5.8.9', package: './emqx.deb' } },
  {
    broker: {
      kind: 'emqx',
      version: '6.2.2',
      agree_licence: true,
      package: 'https://example.org/emqx.deb',
      sha256: '0'.repeat(64),
    },
  },
  { broker: { kind: 'emqx', version: '4.4.19' } },
];

/** Settings in which everything that can be typed has a value that is found nowhere else. */
export interface Draft {
  draft: Block;
  /** What is in the way of `draft`, by the path at which it is. */
  places: readonly { keys: readonly (string | number)[]; field: Field }[];
}

/** One of each kind. */
export const DRAFTS: readonly Draft[] = KINDS.map((kind) => {
  const draft = structuredClone(kind);
  put(draft, ['certificate', 'agree_terms'], true);
  const broker = kind.broker as Block;
  const places = LEAVES.flatMap((leaf, index): Draft['places'] => {
    if (leaf.keys[0] === 'broker' && !((leaf.keys[1] as string) in broker)) return [];
    if (leaf.kind === 'blocks') return entry(draft, leaf, index);
    const seed = leaf.path === 'broker.package' ? String(broker.package) : undefined;
    const made = field(leaf, index, seed);
    if (made === undefined) return [];
    put(draft, leaf.keys, made.stand);
    return [{ keys: leaf.keys, field: made }];
  });
  return { draft, places };
});

/** A list of blocks has one entry. */
function entry(draft: Block, { keys, fields }: Leaf, index: number): Draft['places'] {
  const made = fields.flatMap((one, inner) => field(one, 100 * (index + 1) + inner) ?? []);
  put(draft, keys, [Object.fromEntries(made.map(({ leaf, stand }) => [leaf.keys.at(-1) as string, stand]))]);
  return made.map((one) => ({ keys: [...keys, 0, ...one.leaf.keys], field: one }));
}

/** What stands in for something typed, and what was typed. */
export type Pair = readonly [stand: string, value: string];

/** Strange values for everything that can be typed in one of the drafts, but for those that are refused together. */
export const typed: fc.Arbitrary<{ kind: number; pairs: Pair[] }> = fc
  .nat({ max: DRAFTS.length - 1 })
  .chain((kind) => {
    const fields = DRAFTS[kind]?.places.map((place) => place.field) ?? [];
    const values = fc.tuple(...fields.map((one) => strange(one).map((value): Pair => [one.stand, value])));
    return values.map((pairs) => ({ kind, pairs }));
  })
  .filter(({ kind, pairs }) => completed(DRAFTS[kind] as Draft, pairs).settings !== undefined);

/** The settings of a draft with these values in their places. @throws Error where they are refused */
export function settingsOf(draft: Draft, pairs: readonly Pair[]): Settings {
  const { settings, ...why } = completed(draft, pairs);
  if (!settings) throw new Error(JSON.stringify(why));
  return settings;
}

function completed({ draft }: Draft, pairs: readonly Pair[]): Completed {
  const given = new Map(pairs);
  const filled = (value: unknown): unknown => {
    if (typeof value === 'string') return given.get(value) ?? value;
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, filled(own)]));
  };
  return complete(filled(draft), { home: '/home/me' });
}
