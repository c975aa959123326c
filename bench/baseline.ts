import { readFile, writeFile } from 'node:fs/promises';
import type { Figure } from './figures.js';

const FILE = new URL('baseline.json', import.meta.url);

/** How many times its recorded value a ratio may be. */
const TOLERANCE = 1.3;

/** Names of ratios, and what they were. */
export type Ratios = Readonly<Record<string, number>>;

/** The recorded ratios. */
export const readBaseline = async (): Promise<Ratios> => JSON.parse(await readFile(FILE, 'utf8'));

/** Makes these ratios the recorded ones. */
export async function record(ratios: Ratios): Promise<void> {
  const rounded = Object.entries(ratios).map(([name, value]) => [name, Number(value.toPrecision(3))]);
  await writeFile(FILE, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
}

/** Pure. Each ratio beside its recorded value; one that was measured or recorded alone is a failure. */
export function compare(seen: Ratios, recorded: Ratios): Figure[] {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(seen)])];
  return names.map((what) => {
    const [now, then] = [seen[what], recorded[what]];
    if (now === undefined) return { what, seen: 'not measured', goal: `recorded: ${then}`, met: false };
    if (then === undefined) return { what, seen: now.toFixed(2), goal: 'not recorded', met: false };
    const limit = then * TOLERANCE;
    return {
      what,
      seen: now.toFixed(2),
      goal: `at most ${limit.toFixed(2)} (recorded: ${then})`,
      met: now <= limit,
    };
  });
}
