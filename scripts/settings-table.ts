import { DERIVED, isNeeded } from '../src/settings/defaults.js';
import { LEAVES, type Leaf } from '../src/settings/tree.js';
import { between, keepPage } from './page.js';

const MARK = '<!-- settings -->';

/** The README's table of settings. */
export function settingsTable(): string {
  const rows = LEAVES.map((leaf) => [
    `\`${leaf.path}\`${flag(leaf)}`,
    values(leaf),
    byDefault(leaf),
    [leaf.description, ...leaf.fields.map(({ path, description }) => `\`${path}\`: ${description}`)].join(
      '<br>',
    ),
  ]);
  return [['Setting', 'Values', 'Default', 'What it is'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** The text with the table between its two marks. @throws Error where the marks are not there */
export const withTable = (readme: string): string =>
  between(readme, MARK, settingsTable(), 'the table of settings');

function flag({ path, flag: name }: Leaf): string {
  if (path === 'server') return '<br>first argument';
  return name ? `<br>\`--${name}\`` : '';
}

function values({ kind, choices, fields, file, example }: Leaf): string {
  if (kind === 'blocks') return `list of blocks: ${fields.map(({ path }) => `\`${path}\``).join(', ')}`;
  if (kind === 'list') return `list of ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
  if (kind === 'choice') return choices.map((choice) => `\`${choice}\``).join(', ');
  if (kind === 'boolean') return '`true`';
  const what = file ? 'path' : kind;
  return example === undefined ? what : `${what}, e.g. \`${example}\``;
}

function byDefault(leaf: Leaf): string {
  if (isNeeded(leaf)) return '**must be given**';
  if (leaf.kind === 'blocks') return 'none';
  if (leaf.fallback !== undefined) return `\`${leaf.fallback}\``;
  return DERIVED[leaf.path]?.inWords ?? '';
}

await keepPage('README.md', withTable);
