import { type Assignment, assign } from './assign.js';
import { complete, validate } from './complete.js';
import { wrongValue } from './sentences.js';
import { leaf } from './tree.js';

/** What is left of a command line without the values that are wrong, and a sentence about each of those. */
export interface Sorted {
  right: Assignment[];
  problems: string[];
}

/**
 * Pure. Sets values of the command line aside that a person can be asked for instead.
 * @param base what the settings file says
 * @param line what the command line says
 * @param asked paths of settings that questions are asked for
 * @returns undefined where questions would not help: nothing wrong there, something else is wrong, or nothing else is missing
 */
export function withoutMistyped(
  base: unknown,
  line: readonly Assignment[],
  asked: ReadonlySet<string>,
): Sorted | undefined {
  const isWrong = ({ keys, value }: Assignment) =>
    value !== undefined && validate(leaf(keys.join('.')), value) !== true;
  const wrong = line.filter(isWrong);
  if (wrong.length === 0 || wrong.some(({ keys }) => !asked.has(keys.join('.')))) return undefined;
  const right = line.filter((one) => !isWrong(one));
  const rest = complete(assign(base, right));
  if (rest.settings || rest.problems.length > 0) return undefined;
  const problems = wrong.map(({ keys, value }) => {
    const one = leaf(keys.join('.'));
    const said = validate(one, value);
    return wrongValue(one.path, one, value, String(said).replace(/^It |\.$/g, ''));
  });
  return { right, problems };
}
