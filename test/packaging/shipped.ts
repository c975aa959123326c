import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Text that is in one file only, the one that holds the library. */
const OWN_TEXT = { mqtt: 'connack timeout', ssh2: 'sftp:{flagsToString' } as const;

/** What each library exports: its file may hold parts of it as well. */
const EXPORT = { mqtt: 'connect', ssh2: 'utils' } as const;

/** A library out of the package that we ship. Its file exports it as it is, or a function that loads it. */
export async function shipped(library: keyof typeof OWN_TEXT, dist: string): Promise<unknown> {
  const files = (await readdir(dist)).filter((name) => name.endsWith('.js')).map((name) => join(dist, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const [file, another] = files.filter((_, index) => texts[index]?.includes(OWN_TEXT[library]));
  if (file === undefined || another !== undefined)
    throw new Error(`${library} is not in one file of ${dist}`);
  const exported = Object.values<unknown>(await import(pathToFileURL(file).href));
  for (const one of exported) {
    const loaded: unknown = isLoader(one) ? one() : one;
    if (typeof loaded === 'object' && loaded !== null && EXPORT[library] in loaded) return loaded;
  }
  throw new Error(`${file} does not export ${library}`);
}

/** The test runner also lists what a default export consists of, and classes are among that. */
const isLoader = (value: unknown): value is () => unknown =>
  typeof value === 'function' && !/^class\b/.test(String(value));
