import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { isAddress, readPackage } from '../../src/settings/package-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const DEB = Buffer.from('!<arch>\ndebian-binary   1500000000  0     0     100644  4         `\n2.0\n');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
function lay(content: Buffer): string {
  const file = join(folder, 'emqx.deb');
  writeFileSync(file, content);
  return file;
}

describe('a package file', () => {
  it.each([
    ['small', DEB],
    ['larger than what is read at once', Buffer.concat([DEB, Buffer.alloc(200_000, 'x')])],
  ])('is read to its end: %s', async (_, content) => {
    const file = lay(content);
    expect(await readPackage(file, undefined)).toEqual({ file, sha256: sha256(content) });
    expect(await readPackage(file, sha256(content))).toEqual({ file, sha256: sha256(content) });
  });

  it('is refused where it is another one than wanted, and tells which', async () => {
    const error = await readPackage(lay(DEB), 'ab'.repeat(32)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      code: 'package',
      message: expect.stringContaining(`its SHA-256 is ${sha256(DEB)}, not the one of broker.sha256.`),
    });
  });

  it.each([
    ['a page that a proxy sent instead', '<html>404</html>'],
    ['another archive', '!<arch>\nsomething-else  1500000000'],
    ['a part of the beginning', '!<arch>\ndeb'],
    ['nothing', ''],
  ])('is refused where it is %s', async (_, content) => {
    const file = lay(Buffer.from(content));
    await expect(readPackage(file, undefined)).rejects.toThrow(
      `broker.package is ${JSON.stringify(file)}, but it is no Debian package (.deb).`,
    );
  });

  it('is refused where there is none, and says why', async () => {
    const missing = join(folder, 'nowhere.deb');
    const error = await readPackage(missing, undefined).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      code: 'package',
      message: expect.stringMatching(/cannot be read: ENOENT/),
    });
  });

  it('is refused where it is a folder', async () => {
    mkdirSync(join(folder, 'folder.deb'));
    await expect(readPackage(join(folder, 'folder.deb'), undefined)).rejects.toThrow(
      /cannot be read: it is a directory/,
    );
  });
});

it.each([
  ['https://example.org/emqx.deb', true],
  ['./https:/emqx.deb', false],
  ['~/emqx.deb', false],
  ['C:\\emqx.deb', false],
])('%s is fetched by the server: %s', (from, expected) => {
  expect(isAddress(from)).toBe(expected);
});
