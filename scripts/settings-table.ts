import { readFile, writeFile } from 'node:fs/promises';
import { DERIVED, isNeeded } from '../src/settings/defaults.js';
import { LEAVES, type Leaf } from '../src/settings/tree.js';

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
export function withTable(readme: string): string {
  const parts = readme.split(MARK);
  if (parts.length !== 3)
    throw new Error(`README.md must hold ${MARK} twice: before and after the table of settings.`);
  return [parts[0], `\n${settingsTable()}\n`, parts[2]].join(MARK);
}

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

// `--write` puts the table into README.md, `--check` fails where it is out of date; without either it is imported.
const [mode] = process.argv.filter((word) => word === '--write' || word === '--check');
if (mode) {
  const readme = await readFile('README.md', 'utf8');
  const right = withTable(readme);
  if (mode === '--write') await writeFile('README.md', right);
  else if (right !== readme) {
    process.stderr.write('The table of settings in README.md is out of date: run npm run settings-table.\n');
    process.exitCode = 1;
  }
}
