import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { SHORTEST_PASSWORD } from '../../src/settings/password.js';
import { DRAFTS, type Draft, type Pair, settingsOf, typed } from './drafts.js';
import { hasCanary, programsOf, type Trace, trace } from './sandbox.js';
import { everything } from './scripts.js';

const RUNS = process.env.FUZZ === 'full' ? 150 : 8;

const PASSWORD = `zq${'9'.repeat(SHORTEST_PASSWORD)}qz`;
/** As it may be typed: one line, of any characters; a shorter one is refused before anything is changed. */
const password = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: SHORTEST_PASSWORD, maxLength: 400 }),
    fc.constantFrom(
      ':::::::::::::',
      "':;`x`$(canary)",
      '%s\\n\\0%s\\n\\0%s',
      '-e-e-e-e-e-e-e',
      ' a a a a a a a ',
    ),
  )
  .filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));

const shellOf = (draft: Draft, pairs: readonly Pair[], sudoPassword: string) => {
  const { scripts, files } = everything(settingsOf(draft, pairs), { sudoPassword });
  return { names: [...scripts.keys()], files: [...files], scripts: [...new Set(scripts.values())] };
};

/** With the values that stand in. */
const STANDING = DRAFTS.map((draft) => shellOf(draft, [], PASSWORD));

let programs: ReadonlySet<string>;
beforeAll(() => {
  programs = programsOf([...new Set(STANDING.flatMap(({ scripts }) => scripts))]);
}, 60_000);

const traces = new Map<string, Trace>();

/** What is done with the values that stand in, once for each draft and answer. */
function traceOf(kind: number, says: string): Trace {
  const key = `${kind} ${says}`;
  const made = traces.get(key) ?? trace(STANDING[kind]?.scripts ?? [], programs, says);
  traces.set(key, made);
  return made;
}

it('whatever is typed in is run nowhere, and arrives as it was typed', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(typed, password, fc.constantFrom('', '', '', '1'), ({ kind, pairs }, secret, says) => {
      const before = STANDING[kind];
      const after = shellOf(DRAFTS[kind] as Draft, pairs, secret);
      const done = trace(after.scripts, programs, says);
      const replaced = (text: string) =>
        [...pairs, [PASSWORD, secret] as Pair].reduce(
          (now, [stand, value]) => now.replaceAll(stand, () => value),
          text,
        );
      expect(hasCanary(done)).toBe(false);
      expect(after.names).toEqual(before?.names);
      expect(after.files).toEqual(before?.files.map(([name, text]) => [replaced(name), replaced(text)]));
      const { calls, written } = traceOf(kind, says);
      expect(done.calls.map((all) => all.toSorted())).toEqual(
        calls.map((all) => all.map(replaced).toSorted()),
      );
      expect(done.written.toSorted()).toEqual(written.map(replaced).toSorted());
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 500_000 },
  );
});
