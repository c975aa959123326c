import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Upload, upload } from '../../src/engine/upload.js';
import type { Sh } from '../../src/sh.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upload-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const MB = 1024 * 1024;
/** Bytes of every kind, the same in each run. */
const bytes = (size: number) =>
  Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, at) => (at * 7) % 256)));
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

function change(content: Buffer, wanted = sha256(content)): Upload {
  const file = join(folder, 'here.deb');
  writeFileSync(file, content);
  return { kind: 'upload', file, to: join(folder, "the server's/cache", 'there.deb'), sha256: wanted };
}

/** A server whose shell is this computer's. */
const run = async ({ run }: Sh) => {
  const { status, stdout, stderr } = spawnSync('sh', { input: run, encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
};
const send = (what: Upload, by = run) => {
  const lines: string[] = [];
  return upload(by, what, (line) => lines.push(line)).then((result) => ({ ...result, lines }));
};

describe('a file of this computer', () => {
  it.each([
    ['one byte', 1, 1],
    ['less than a piece', 1000, 1],
    ['exactly a piece', 2 * MB, 1],
    ['several pieces', 5 * MB + 3, 3],
  ])('arrives as it was: %s', async (_, size, pieces) => {
    const content = bytes(size);
    const what = change(content);
    const { code, lines } = await send(what);
    expect(code).toBe(0);
    expect(sha256(readFileSync(what.to))).toBe(sha256(content));
    expect(lines).toHaveLength(pieces);
    expect(lines.at(-1)).toBe(`Sending ${what.file}: 100 %`);
    expect(readdirSync(join(what.to, '..'))).toEqual(['there.deb']);
    expect((statSync(what.to).mode & 0o777).toString(8)).toBe('644');
  });

  it('begins anew where an earlier try left a part, and replaces what is there', async () => {
    const what = change(bytes(1000));
    await send(what);
    writeFileSync(`${what.to}.part`, 'left over');
    writeFileSync(what.to, 'old');
    expect((await send(what)).code).toBe(0);
    expect(readFileSync(what.to).equals(bytes(1000))).toBe(true);
  });
});

describe('what arrives otherwise takes no place', () => {
  const refused = async (what: Upload, by = run) => {
    const { code, stderr } = await send(what, by);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^broker-setup: The file arrived damaged, or changed .*\nbroker-setup: Run the same command again\.\n$/,
    );
    expect([existsSync(what.to), existsSync(`${what.to}.part`)]).toEqual([false, false]);
  };

  it('a file with another SHA-256', () => refused(change(bytes(1000), 'ab'.repeat(32))));

  it('a piece that is damaged on its way', () => {
    const what = change(bytes(1000));
    return refused(what, async (script) => {
      const result = await run(script);
      if (existsSync(`${what.to}.part`)) truncateSync(`${what.to}.part`, 999);
      return result;
    });
  });

  it('a file that is cut while it is sent', () => {
    const what = change(bytes(3 * MB));
    return refused(what, async (script) => {
      truncateSync(what.file, 2 * MB);
      return run(script);
    });
  });

  it('what was there before stays', async () => {
    const what = change(bytes(10));
    await send(what);
    expect((await send({ ...what, sha256: 'ab'.repeat(32) })).code).toBe(1);
    expect(readFileSync(what.to).equals(bytes(10))).toBe(true);
  });
});

it('stops at the first piece that the server does not take', async () => {
  let scripts = 0;
  const { code, lines } = await send(change(bytes(5 * MB)), async () => {
    scripts += 1;
    return { code: 28, stdout: '', stderr: 'No space left on device' };
  });
  expect([code, scripts, lines.length]).toEqual([28, 1, 0]);
});

it('says where the file is gone', async () => {
  const what = change(bytes(1));
  rmSync(what.file);
  await expect(send(what)).rejects.toThrow(/ENOENT/);
});
