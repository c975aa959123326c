import { readFileSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { between, keepPage } from './page.js';

interface Layer {
  folder: string;
  holds: string;
}

const FILE = 'docs/architecture.md';
const MARK = '<!-- layers -->';

const LAYERS = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8')) as Layer[];

/** docs/architecture.md with the layers of src/: the table from layers.json, the arrows from the imports. */
export async function withLayers(page: string): Promise<string> {
  const { output } = await cruise(['src'], {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  });
  const imports = importsOf(output as ICruiseResult);
  return between(page, MARK, [picture(imports), table()].join('\n\n'), 'the layers');
}

/** Pure. The folders that each folder imports from. */
function importsOf({ modules }: ICruiseResult): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>(LAYERS.map(({ folder }) => [folder, new Set()]));
  for (const { source, dependencies } of modules)
    for (const { resolved } of dependencies) {
      const [from, to] = [folderOf(source), folderOf(resolved)];
      if (from !== to && found.has(to)) found.get(from)?.add(to);
    }
  return found;
}

const folderOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? '';

/** Pure. Without the arrows that follow from others: a picture with all of them shows nothing. */
function picture(imports: ReadonlyMap<string, ReadonlySet<string>>): string {
  const reaches = (from: string, to: string): boolean =>
    [...(imports.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  const arrows = LAYERS.toReversed().flatMap(({ folder }) => {
    const all = [...(imports.get(folder) ?? [])];
    const direct = all.filter((to) => !all.some((other) => other !== to && reaches(other, to)));
    return direct.sort().map((to) => `  ${folder} --> ${to}`);
  });
  return ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n');
}

const table = (): string =>
  [
    '| Folder | Content |',
    '| --- | --- |',
    ...LAYERS.toReversed().map(({ folder, holds }) => `| \`src/${folder}/\` | ${holds} |`),
  ].join('\n');

await keepPage(FILE, withLayers);
