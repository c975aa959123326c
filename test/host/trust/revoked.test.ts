import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/host/host.js';
import { hostKey } from '../../../src/host/trust/host-key.js';
import { revokedByFile } from '../../../src/host/trust/revoked.js';

let folder: string;
const at = (name: string) => join(folder, name);
const keygen = (...args: string[]) => execFileSync('ssh-keygen', args);
const keyOf = (name: string) =>
  hostKey(Buffer.from(readFileSync(at(`${name}.pub`), 'utf8').split(' ')[1] ?? '', 'base64'));
const check = (file: string | undefined, name: string) =>
  revokedByFile(
    { name: 'box', sshOptions: file === undefined ? [] : [['revokedhostkeys', file]] } as unknown as Target,
    keyOf(name),
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'revoked-'));
  for (const name of ['bad', 'good']) keygen('-q', '-t', 'ed25519', '-N', '', '-f', at(name));
  keygen('-q', '-k', '-f', at('list.krl'), at('bad.pub'));
  writeFileSync(at('list'), `# stolen\n${readFileSync(at('bad.pub'), 'utf8')}`);
  writeFileSync(at('noted'), `# ${readFileSync(at('bad.pub'), 'utf8')}`);
  writeFileSync(at('cut.krl'), readFileSync(at('list.krl')).subarray(0, 30));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('case 248: RevokedHostKeys', () => {
  it.each(['list', 'list.krl'])('refuses the keys of %s, and no others', async (file) => {
    expect(await check(at(file), 'bad')).toMatchObject({
      code: 'host-key-revoked',
      message: expect.stringContaining(`is revoked: it is in ${at(file)}`),
    });
    expect(await check(at(file), 'good')).toBeUndefined();
  });

  it.each(['cut.krl', 'not-there', '.'])(
    'refuses every key where %s cannot be read, as ssh does',
    async (file) => {
      expect(await check(at(file), 'good')).toMatchObject({
        code: 'host-key-revoked',
        message: expect.stringContaining('could not be read'),
      });
    },
  );

  it('is not asked where there is none, and passes over comments', async () => {
    expect([await check(undefined, 'bad'), await check(at('noted'), 'bad')]).toEqual([undefined, undefined]);
  });
});
