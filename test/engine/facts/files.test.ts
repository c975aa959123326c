import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { parseFiles, printFiles } from '../../../src/engine/facts/files.js';
import { sh } from '../../../src/sh.js';

const folder = mkdtempSync(join(tmpdir(), 'seen files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const printed = (words: Parameters<typeof printFiles>[0]) =>
  execFileSync('sh', ['-c', printFiles(words).run], { encoding: 'utf8' });
const read = (words: Parameters<typeof printFiles>[0]) => parseFiles(printed(words));

it('reads whatever files hold, byte by byte', () => {
  const [one, two] = [join(folder, "it's a file"), join(folder, '-n')];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (content, other) => {
      writeFileSync(one, content);
      writeFileSync(two, other);
      const files = read([one, two]);
      expect(files.get(one)?.content).toBe(Buffer.from(content).toString('utf8'));
      expect(files.get(two)?.content).toBe(Buffer.from(other).toString('utf8'));
    }),
    { numRuns: 30 },
  );
});

it('reads mode and owner of several files, of one that is named twice as well, and passes over what does not exist', () => {
  const [one, two] = [join(folder, 'one.conf'), join(folder, 'two.conf')];
  writeFileSync(one, '1\n');
  writeFileSync(two, '');
  chmodSync(one, 0o600);
  chmodSync(two, 0o4755);
  const files = read([one, sh`${folder}/*.conf`, '/nowhere/at/all', folder]);
  expect([...files.keys()]).toEqual([one, two]);
  expect(files.get(one)).toMatchObject({
    content: '1\n',
    mode: '0600',
    owner: expect.stringMatching(/^\S+:\S+$/),
  });
  expect(files.get(two)).toMatchObject({ content: '', mode: '4755' });
});

it('is empty where no file exists', () => {
  expect(printed(['/nowhere/at/all'])).toBe('');
  expect(read(['/nowhere/at/all']).size).toBe(0);
});

it('believes no contents that do not fit the sizes', () => {
  expect(() => parseFiles('file=644 root:root 3 /etc/a\ncontents=YQ==')).toThrow('while it was read');
});

it('passes over a name of two lines, which would look like two files', () => {
  writeFileSync(join(folder, 'a\nfile=644 root:root 0 x.two-lines'), 'content');
  writeFileSync(join(folder, 'b.two-lines'), 'b');
  expect([...read([sh`${folder}/*.two-lines`]).keys()]).toEqual([join(folder, 'b.two-lines')]);
});
