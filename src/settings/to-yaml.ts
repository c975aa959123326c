import { stringify } from 'yaml';
import { wrapLines } from '../terminal/wrap.js';
import { contractHome, valueAt } from './defaults.js';
import type { Draft, Settings } from './schema.js';
import { type Group, isGroup, type Leaf, leavesOf, ROOT } from './tree.js';

/** Name under which the JSON Schema is laid beside the settings: editors then complete them without a network. */
export const SCHEMA_FILE = 'broker.schema.json';

/** No line of explanation is longer. */
export const WIDTH = 78;

/**
 * A new broker.yaml: every setting below its explanation, those not used or not known yet commented out.
 * @param schema whether the JSON Schema lies beside the file
 */
export function toYaml(settings: Settings | Draft, schema = true): string {
  const head = [
    ...(schema ? [`# yaml-language-server: $schema=./${SCHEMA_FILE}`] : []),
    ...comment('The answers of broker-setup. Change them and run it again. No passwords belong here.', ''),
  ];
  return `${[head, ...ROOT.children.map((node) => paragraph(node, settings, ''))].map((part) => part.join('\n')).join('\n\n')}\n`;
}

function paragraph(node: Leaf | Group, settings: Settings | Draft, indent: string): string[] {
  const about = comment(node.description, indent);
  const key = node.keys.at(-1) as string;
  if (!isGroup(node)) {
    if (node.kind === 'blocks') return [...about, ...entries(node, settings, indent)];
    const unused = valueAt(settings, node.keys) === undefined || isOfNoUse(node, settings);
    return [
      ...about,
      `${indent}${unused ? '# ' : ''}${key}: ${scalar(unused ? (node.example ?? node.fallback ?? node.choices[0]) : written(node, settings))}`,
    ];
  }
  const used = leavesOf(node).some((leaf) => valueAt(settings, leaf.keys) !== undefined);
  if (used)
    return [
      ...about,
      `${indent}${key}:`,
      ...node.children.flatMap((child) => paragraph(child, settings, `${indent}  `)),
    ];
  const examples = leavesOf(node).flatMap((leaf) => [
    ...comment(leaf.description, `${indent}#   `),
    `${indent}#   ${leaf.keys.at(-1)}: ${scalar(leaf.example)}`,
  ]);
  return [...about, `${indent}# ${key}:`, ...examples];
}

/** The default of a setting that the broker does not have. */
const isOfNoUse = ({ path, fallback }: Leaf, settings: Settings | Draft): boolean =>
  path === 'dashboard' && settings.broker?.kind === 'mosquitto' && settings.dashboard === fallback;

/** A list of blocks; an empty one is an example that is commented out, with the explanation of each part. */
function entries(leaf: Leaf, settings: Settings | Draft, indent: string): string[] {
  const own = (valueAt(settings, leaf.keys) ?? []) as unknown[];
  const key = leaf.keys.at(-1) as string;
  if (own.length > 0) return block({ [key]: own }).map((line) => `${indent}${line}`);
  const example = leaf.fields.flatMap((field, index) => [
    ...comment(field.description, `${indent}# ${index === 0 ? '  ' : '    '}`),
    `${indent}# ${index === 0 ? '  - ' : '    '}${field.path}: ${scalar(field.example)}`,
  ]);
  return [`${indent}# ${key}:`, ...example];
}

/** The value of a setting as the file holds it. */
export function written(leaf: Leaf, settings: Settings | Draft): unknown {
  const value = valueAt(settings, leaf.keys);
  return leaf.file && typeof value === 'string' ? contractHome(value) : value;
}

const scalar = (value: unknown) =>
  value === undefined
    ? ''
    : stringify(value, { lineWidth: 0, collectionStyle: 'flow', flowCollectionPadding: false }).trimEnd();

const block = (value: unknown) => stringify(value, { lineWidth: 0 }).trimEnd().split('\n');

/** Text as comments of at most WIDTH columns. */
const comment = (text: string, indent: string) =>
  wrapLines(text, WIDTH - indent.length - 2).map((one) => `${indent}# ${one}`);
