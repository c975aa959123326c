import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { tellFiles, toldFiles } from '../../src/engine/seen-files.js';
import { sh } from '../../src/sh.js';

const folder = mkdtempSync(join(tmpdir(), 'seen files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tell = (words: Parameters<typeof tellFiles>[0]) =>
  toldFiles(execFileSync('sh', ['-c', tellFiles(words).run], { encoding: 'utf8' }));

it('tells whatever a file holds, byte by byte', () => {
  const path = join(folder, "it's a file");
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (content) => {
      writeFileSync(path, content);
      expect(tell(sh`${path}`).get(path)?.content).toBe(Buffer.from(content).toString('utf8'));
    }),
    { numRuns: 30 },
  );
});

it('tells mode and owner, of several files, and passes over what is not there', () => {
  const [one, two] = [join(folder, 'one.conf'), join(folder, 'two.conf')];
  writeFileSync(one, '1\n');
  writeFileSync(two, '');
  chmodSync(one, 0o600);
  chmodSync(two, 0o4755);
  const told = tell(sh`${folder}/*.conf /nowhere/at/all ${folder}`);
  expect([...told.keys()]).toEqual([one, two]);
  expect(told.get(one)).toMatchObject({
    content: '1\n',
    mode: '0600',
    owner: expect.stringMatching(/^\S+:\S+$/),
  });
  expect(told.get(two)).toMatchObject({ content: '', mode: '4755' });
});
