import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { local } from '../src/host/local.js';
import { readKey } from '../src/host/ssh/offers.js';
import { publicKey } from '../src/host/trust/key-files.js';
import { readCaBundle } from '../src/settings/ca-bundle.js';
import { readConfig } from '../src/settings/config-file.js';
import { readPackage } from '../src/settings/package-file.js';
import { openUserFile, readUserFile } from '../src/user-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-file-'));
  execFileSync('mkfifo', [join(folder, 'pipe'), join(folder, 'pipe.pub')]);
  mkdirSync(join(folder, 'folder'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => (name.startsWith('/') ? name : join(folder, name));

it('reads a regular file to its end, and one of the kernel that says it is empty', async () => {
  writeFileSync(at('a'), 'x'.repeat(200_000));
  expect((await readUserFile(at('a'), 200_000)).toString()).toBe('x'.repeat(200_000));
  expect((await readUserFile('/proc/version', 1000)).toString()).toContain('Linux');
});

it.each(['pipe', 'folder', '/dev/zero', '/dev/null'])('case 175: refuses %s at once', async (name) => {
  await expect(openUserFile(at(name), 10)).rejects.toMatchObject({ code: 'not-regular' });
});

it('case 175: refuses what is too long, whether its length is told or not', async () => {
  writeFileSync(at('a'), 'x'.repeat(2000));
  await expect(readUserFile(at('a'), 1024)).rejects.toMatchObject({
    code: 'too-long',
    message: 'it is longer than 1 kB',
  });
  await expect(readUserFile('/proc/kallsyms', 1024)).rejects.toMatchObject({ code: 'too-long' });
});

it.each<[what: string, use: (file: string) => Promise<unknown>]>([
  ['--config', readConfig],
  ['certificate.ca_bundle', readCaBundle],
  ['broker.package', (file) => readPackage(file, undefined)],
  ['key.file', publicKey],
])('case 175: a pipe or a device as %s is refused in words, and not waited for', async (_, use) => {
  for (const file of ['pipe', '/dev/zero']) await expect(use(at(file))).rejects.toThrow(/not a regular file/);
});

it('case 175: a pipe or a device as login.key is passed over with a note', async () => {
  for (const file of ['pipe', '/dev/zero'])
    expect(await readKey(at(file), undefined)).toMatchObject({
      kind: 'unusable',
      note: expect.stringContaining('not a regular file'),
    });
});

it('case 175: a program of OpenSSH that does not end is ended, and how to try it by hand is said', async () => {
  const waits = local('ssh-keygen', ['-lf', at('pipe')], {}, 300);
  await expect(waits).rejects.toMatchObject({
    code: 'openssh-failed',
    message: expect.stringContaining('did not end within 0.3 seconds'),
    hint: `Try it by hand: ssh-keygen -lf ${at('pipe')}`,
  });
});
