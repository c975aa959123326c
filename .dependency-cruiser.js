import { readFileSync } from 'node:fs';

/** From the lowest: a folder imports from those before it alone. */
const LAYERS = JSON.parse(readFileSync(new URL('scripts/layers.json', import.meta.url), 'utf8'));

/** A file in src/ itself is below all folders, but for the command line. */
const COMMAND_LINE = '^src/(cli|options|parse)\\.ts$';

const above = (index) => LAYERS.slice(index + 1).map(({ folder }) => folder);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...LAYERS.map(({ folder }, index) => ({
      name: `${folder}-imports-no-higher-layer`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: [COMMAND_LINE, ...above(index).map((higher) => `^src/${higher}/`)] },
    })),
    {
      name: 'files-below-all-layers',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: COMMAND_LINE },
      to: { path: LAYERS.map(({ folder }) => `^src/${folder}/`) },
    },
    {
      name: 'folder-has-no-layer',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [...LAYERS.map(({ folder }) => `^src/${folder}/`), '^src/[^/]+\\.ts$'],
      },
      to: {},
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-cycle-of-folders',
      scope: 'folder',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
