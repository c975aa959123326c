import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { isReplaced } from '../src/replaced.js';
import { printError } from '../src/ui/error.js';

afterEach(() => vi.restoreAllMocks());

const missing = (path: string) =>
  Object.assign(new Error(`Cannot find module '${path}' imported from /x/cli.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });

it('case 263: a part of this program that is gone is no bug; any other missing module is', () => {
  expect(isReplaced(missing('/x/dist/listr2-abc.js'), '/x/dist')).toBe(true);
  expect(isReplaced(missing('/y/other.js'), '/x/dist')).toBe(false);
  expect(isReplaced(new Error('Cannot find module'), '/x/dist')).toBe(false);
});

it('case 263: the error says what happened and what to do', () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const own = new URL('../src/gone.js', import.meta.url).pathname;
  expect(printError(missing(own), { verbose: false })).toBe(1);
  const shown = stripVTControlCharacters(written.join(''));
  expect(shown).toContain('was replaced on this computer while it was running');
  expect(shown).toContain('Run the same command again.');
  expect(shown).not.toContain('This is a bug');
});
