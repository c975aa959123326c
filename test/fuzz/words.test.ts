import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromCommandLine } from '../../src/settings/assign.js';
import { validate } from '../../src/settings/complete.js';
import { wrongValue } from '../../src/settings/sentences.js';
import { BLANK, Secret, sh } from '../../src/sh.js';
import { RAW } from '../ui/hostile.js';
import { type Field, field, nasty, strange, TEXTS } from './values.js';

const CASES = process.env.FUZZ === 'full' ? 100_000 : 2000;
const BATCH = CASES / 50;

/** What no value may hold, wherever it comes from: it would end a line, hide, turn text round or be no text. */
const NEVER = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/u;

interface Case {
  index: number;
  value: string;
}

const OPEN = TEXTS.map((leaf, index): Field | undefined => field(leaf, index));

/** Something typed into one of the settings: hostile, or as strange as it may be. */
const typed: fc.Arbitrary<Case> = fc.nat({ max: TEXTS.length - 1 }).chain((index) => {
  const open = OPEN[index];
  return fc.record({
    index: fc.constant(index),
    value: open ? fc.oneof({ weight: 2, arbitrary: nasty }, { weight: 1, arbitrary: strange(open) }) : nasty,
  });
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'words-'));
  chmodSync(folder, 0o777);
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Hands each value to a real sh as the program does: the whole script on standard input, a value in it as a word, and once
 * more inside a script that is a word itself.
 * @returns what arrived
 */
function arrived(values: readonly string[]): Buffer[] {
  const put = values.map((value) => sh`put ${value}`.run);
  const nested = values.map((value) => sh`eval ${sh`put ${new Secret(value)}`.run}`.run);
  const script = `put() { [ "$#" = 1 ] || printf wrong; printf '%s\\0' "$@"; }\n${[...put, ...nested].join('\n')}`;
  const { status, stdout, error } = spawnSync(
    'sh',
    ['-c', 'cat=$(command -v cat); PATH=/nonexistent; eval "{ exec </dev/null; $("$cat")"'],
    { input: `${script}\n}\n`, cwd: folder, maxBuffer: 512_000_000 },
  );
  if (error) throw error;
  expect(status).toBe(0);
  const parts: Buffer[] = [];
  for (let from = 0, end = stdout.indexOf(0); end >= 0; end = stdout.indexOf(0, from)) {
    parts.push(stdout.subarray(from, end));
    from = end + 1;
  }
  return parts;
}

/** Validation takes it as it is, or says in a sentence that is fit for a terminal why not. */
function judged({ index, value }: Case): 'taken' | 'refused' {
  const leaf = TEXTS[index];
  if (leaf === undefined) throw new Error('no such setting');
  const verdict = validate(leaf, value);
  if (verdict === true) {
    expect(value).not.toMatch(NEVER);
    return 'taken';
  }
  const sentence = wrongValue(leaf.path, leaf, value, verdict);
  expect(sentence).not.toMatch(RAW);
  expect(sentence.length).toBeLessThan(1000);
  if (leaf.secret) expect(sentence).toContain(BLANK);
  return 'refused';
}

it('whatever is typed is refused in a sentence, or arrives in sh as one literal word', {
  timeout: 600_000,
}, () => {
  const seen = { taken: 0, refused: 0, words: 0 };
  fc.assert(
    fc.property(fc.array(typed, { minLength: BATCH, maxLength: BATCH }), (cases) => {
      for (const one of cases) seen[judged(one)] += 1;
      const words = cases.map(({ value }) => value).filter((value) => !value.includes('\0'));
      seen.words += words.length;
      const wanted = words.map((value) => Buffer.from(value));
      expect(arrived(words).map(String)).toEqual([...wanted, ...wanted].map(String));
      expect(readdirSync(folder)).toEqual([]);
    }),
    { numRuns: CASES / BATCH },
  );
  expect(seen.taken).toBeGreaterThan(CASES / 20);
  expect(seen.words).toBeGreaterThan(CASES / 2);
});

it('--set hands on what is typed, to the letter', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TEXTS.filter(({ keys }) => keys.length > 1)), nasty, (leaf, value) => {
      fc.pre(value !== '' && leaf.kind === 'text');
      expect(fromCommandLine({ set: [`${leaf.path}=${value}`] })).toEqual([{ keys: leaf.keys, value }]);
    }),
  );
});
