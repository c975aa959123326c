import { mkdir, writeFile } from 'node:fs/promises';
import type { Release } from '../../src/rehearsal/index.js';
import { type Bench, bench } from './bench.js';
import { breakRun, type Outcome } from './case.js';
import { type Case, nameOf } from './cases.js';

export interface Result extends Case {
  outcome: Outcome;
  seconds: number;
}

export interface Matrix {
  release: Release;
  cases: readonly Case[];
  /** Servers at once. Where one waits for its guard, the others work. */
  servers: number;
  /** Where the details of what is not right go, a file for each case. */
  folder: string;
  onResult(result: Result): void;
  /** Ends it after the cases under way. */
  signal?: AbortSignal;
}

/** Breaks a run in each of these ways, on several servers at once. @returns the cases that there was time for */
export async function runMatrix({
  release,
  cases,
  servers,
  folder,
  onResult,
  signal,
}: Matrix): Promise<Result[]> {
  await mkdir(folder, { recursive: true });
  const waiting = [...cases];
  const results: Result[] = [];
  const work = async (on: Bench) => {
    for (let one = waiting.shift(); one !== undefined && !signal?.aborted; one = waiting.shift()) {
      const started = performance.now();
      const outcome = await breakRun(on, one).catch(failed);
      const result = { ...one, outcome, seconds: (performance.now() - started) / 1000 };
      if (outcome.detail !== '')
        await writeFile(`${folder}/${one.step}-${one.at}-${one.fault}.txt`, `${outcome.detail}\n`);
      results.push(result);
      onResult(result);
    }
  };
  const serve = async () => {
    const on = await bench(release);
    try {
      await work(on);
    } finally {
      await on.down();
    }
  };
  const served = await Promise.allSettled(Array.from({ length: Math.min(servers, cases.length) }, serve));
  const broken = served.find((one) => one.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  const place = cases.map(nameOf);
  return results.toSorted((one, other) => place.indexOf(nameOf(one)) - place.indexOf(nameOf(other)));
}

/** A case that could not be carried out has not passed. */
function failed(error: unknown): Outcome {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { verdict: 'FAILED', detail, restoredAfter: undefined, endedAfter: 0, ways: [] };
}
