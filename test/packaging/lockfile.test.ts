import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface Locked {
  optionalDependencies?: Record<string, string>;
}

/** Where Node would look for a package that one in `at` asks for, innermost first. */
function places(at: string, name: string): string[] {
  const outer = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '');
  return [`${at}/node_modules/${name}`, ...(at === '' ? [] : places(outer, name))].map((place) =>
    place.replace(/^\//, ''),
  );
}

/**
 * npm leaves out the binaries of other platforms when it makes the file beside an installed node_modules
 * (npm/cli#4828). Then `npm ci` fails there, and with npm 11.21 and later everywhere.
 */
test('the lockfile has the binaries of all platforms', async () => {
  const file = new URL('../../package-lock.json', import.meta.url);
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(await readFile(file, 'utf8'));
  const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !places(at, name).some((place) => place in packages)),
  );
  expect(missing).toEqual([]);
});
