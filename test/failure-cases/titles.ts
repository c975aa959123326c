import { readdir, readFile } from 'node:fs/promises';

export interface Title {
  file: string;
  /** Without the numbers in front. */
  text: string;
}

/** `case 12: …` or `cases 12, 14: …` at the beginning of a string: what a test, a group of tests or a row of a table is called. */
const TITLE = /(['"`])cases? (\d+(?:, \d+)*): (.+?)\1/g;

/** The titles in one test file that name a case, by the case's number. */
export function titlesIn(file: string, source: string): [number, Title][] {
  return [...source.matchAll(TITLE)].flatMap(([, , numbers = '', text = '']) =>
    numbers.split(', ').map((number): [number, Title] => [Number(number), { file, text }]),
  );
}

/** All tests below `folder` that name a case; the order is that of files and lines. */
export async function findTitles(folder: string): Promise<ReadonlyMap<number, readonly Title[]>> {
  const found = new Map<number, Title[]>();
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
  for (const file of files) {
    if (file.startsWith('failure-cases')) continue;
    for (const [number, title] of titlesIn(`${folder}/${file}`, await readFile(`${folder}/${file}`, 'utf8')))
      found.set(number, [...(found.get(number) ?? []), title]);
  }
  return found;
}
