import { readFile, writeFile } from 'node:fs/promises';

/** The text with `block` between its two marks. @param about what the block is @throws Error where the marks are not there */
export function between(text: string, mark: string, block: string, about: string): string {
  const parts = text.split(mark);
  if (parts.length !== 3) throw new Error(`The page must hold ${mark} twice: before and after ${about}.`);
  return [parts[0], `\n${block}\n`, parts[2]].join(mark);
}

/**
 * For a script that makes a page, or part of it: `--write` puts it there, `--check` fails where it is out of date; without either
 * the script is imported, and nothing is done.
 * @param make from what the page holds now
 */
export async function keepPage(file: string, make: (now: string) => string | Promise<string>): Promise<void> {
  const [mode] = process.argv.filter((word) => word === '--write' || word === '--check');
  if (mode === undefined) return;
  const now = await readFile(file, 'utf8').catch(() => '');
  const right = await make(now);
  if (mode === '--write') await writeFile(file, right);
  else if (now !== right) {
    process.stderr.write(`${file} is out of date.\n`);
    process.exitCode = 1;
  }
}
