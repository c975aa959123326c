import fc from 'fast-check';
import { validate } from '../../src/settings/complete.js';
import { LEAVES, type Leaf } from '../../src/settings/tree.js';
import { commands, MARKS } from './marks.js';

/** Text of every kind that a person, or somebody who means harm, could type or paste. */
export const nasty: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...MARKS), commands), { maxLength: 8 })
      .map((parts) => parts.join('')),
  },
  { weight: 3, arbitrary: commands },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...MARKS, 'a', '\\\'"'), fc.integer({ min: 1, max: 10_240 }), commands)
      .map(([mark, length, run]) =>
        `${mark.repeat(Math.ceil(length / mark.length)).slice(0, length)}${run}`.slice(-10_240),
      ),
  },
);

/** One setting as the fuzz sees it. */
export interface Field {
  leaf: Leaf;
  /** A right value that is found nowhere else: it stands in for what is typed. */
  stand: string;
  /** What may stand in it besides. */
  characters: string[];
}

/** Settings of text, those inside lists of blocks as well: a new one is covered by itself. */
export const TEXTS: readonly Leaf[] = LEAVES.flatMap((leaf) =>
  leaf.kind === 'blocks' ? leaf.fields : [leaf],
);

/**
 * A setting into which something can be typed that nobody foresaw.
 * @param seed a right value; default: its example
 * @returns undefined where it takes fixed forms only: a date, a version, a choice
 */
export function field(
  leaf: Leaf,
  index: number,
  seed = String(leaf.example ?? leaf.fallback),
): Field | undefined {
  if (leaf.kind !== 'text') return undefined;
  const stand = inserted(seed, `zq${index}qz`).find((one) => validate(leaf, one) === true);
  if (stand === undefined) return undefined;
  const middle = stand.indexOf('zq') + 2;
  const characters = MARKS.filter(
    (mark) => validate(leaf, `${stand.slice(0, middle)}${mark}${stand.slice(middle)}`) === true,
  );
  return { leaf, stand, characters: [...characters, 'a', '0'] };
}

function inserted(text: string, word: string): string[] {
  return Array.from(text, (_, index) => `${text.slice(0, index)}${word}${text.slice(index)}`);
}

/** Right values for a setting, as strange as it lets them be. They begin as the one that stands in, so that they are of the same kind. */
export function strange({ leaf, stand, characters }: Field): fc.Arbitrary<string> {
  const first = stand.indexOf('zq');
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...characters) },
    { weight: 1, arbitrary: commands },
    { weight: 1, arbitrary: nasty },
  );
  const put = fc.tuple(fc.integer({ min: first + 1, max: stand.length }), piece);
  return fc.array(put, { minLength: 3, maxLength: 16 }).map((puts) =>
    // What makes it wrong is left out.
    puts.reduce((now, [at, text]) => {
      const next = `${now.slice(0, at)}${text}${now.slice(at)}`;
      return validate(leaf, next) === true ? next : now;
    }, stand),
  );
}
