import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFiles, printFiles } from '../../../src/engine/facts/files.js';

const NOBODY = 65_534;
let folder = '';
const at = (name: string) => join(folder, name);
const read = (...names: string[]) =>
  parseFiles(execFileSync('sh', ['-c', printFiles(names.map(at)).run], { encoding: 'utf8' }));
const contents = (...names: string[]) =>
  Object.fromEntries(
    [...read(...names)].map(([path, { content }]) => [path.slice(folder.length + 1), content]),
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'others-'));
  chmodSync(folder, 0o755);
  for (const name of ['own', 'broker', 'broker/deep']) mkdirSync(at(name));
  writeFileSync(at('own/secret'), 'hash', { mode: 0o600 });
  writeFileSync(at('own/plain'), 'plain');
  writeFileSync(at('broker/conf'), 'conf', { mode: 0o600 });
  for (const name of ['broker', 'broker/deep', 'broker/conf']) chownSync(at(name), NOBODY, NOBODY);
});
afterEach(() => rmSync(folder, { recursive: true }));

// Another user's rights are what this is about.
describe.runIf(process.getuid?.() === 0)('files in a folder of somebody else', () => {
  it('are read with the rights of the owner of the folder, beside those of root', () => {
    expect(contents('own/secret', 'broker/conf', 'own/plain', 'broker/none')).toEqual({
      'own/secret': 'hash',
      'own/plain': 'plain',
      'broker/conf': 'conf',
    });
    expect(read('broker/conf').get(at('broker/conf'))).toMatchObject({
      mode: '0600',
      owner: 'nobody:nogroup',
    });
  });

  it.each([
    ['the file', 'broker/link', () => symlinkSync('../own/secret', at('broker/link'))],
    ['a folder on the way', 'broker/way/secret', () => symlinkSync('../own', at('broker/way'))],
    [
      'a folder behind a link of root',
      'by-root/way/secret',
      () => {
        symlinkSync('broker', at('by-root'));
        symlinkSync('../own', at('broker/way'));
      },
    ],
  ])('case 182: a link in the place of %s shows nothing that the owner may not read', (_, path, make) => {
    make();
    expect(contents(path, 'own/plain')).toEqual({ 'own/plain': 'plain' });
  });

  it('links of root are followed', () => {
    symlinkSync('own', at('by-root'));
    symlinkSync('own/secret', at('link'));
    expect(contents('by-root/secret', 'link')).toEqual({ 'by-root/secret': 'hash', link: 'hash' });
  });

  it('links that form a loop lead to no file', () => {
    symlinkSync('loop', at('loop'));
    expect(contents('loop', 'own/plain')).toEqual({ 'own/plain': 'plain' });
  });
});
