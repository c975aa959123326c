import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKey, publicKey } from '../../../src/host/trust/key-files.js';
import { Secret } from '../../../src/sh.js';
import { scratch } from '../server.js';

let box: ReturnType<typeof scratch>;
let file: string;
beforeEach(() => {
  box = scratch();
  file = join(box.directory, '.ssh', 'broker');
});
afterEach(() => box.remove());

const opens = (passphrase: string): boolean =>
  spawnSync('ssh-keygen', ['-y', '-P', passphrase, '-f', file]).status === 0;

describe('generateKey', () => {
  it('makes a pair that ssh-keygen reads', async () => {
    await generateKey({ file, type: 'ed25519', comment: 'me@laptop' });
    expect(opens('')).toBe(true);
    expect(readFileSync(`${file}.pub`, 'utf8')).toMatch(/^ssh-ed25519 \S+ me@laptop\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(['ed25519', 'rsa'] as const)(
    'protects it with the passphrase (%s)',
    { timeout: 60_000 },
    async (type) => {
      await generateKey({ file, type, comment: 'me', passphrase: new Secret('two words') });
      expect(opens('')).toBe(false);
      expect(opens('two words')).toBe(true);
      expect(statSync(file).mode & 0o077).toBe(0);
      expect(spawnSync('ssh-keygen', ['-lf', `${file}.pub`]).stdout.toString()).toContain(
        type === 'rsa' ? '4096 ' : '256 ',
      );
    },
  );

  it.each(['', '.pub'])('never touches a file that is there (FILE%s)', async (suffix) => {
    await generateKey({ file, type: 'ed25519', comment: 'first' });
    rmSync(suffix === '' ? `${file}.pub` : file);
    const before = readFileSync(`${file}${suffix}`, 'utf8');
    for (const passphrase of [undefined, new Secret('x')]) {
      await expect(
        generateKey({ file, type: 'ed25519', comment: 'second', passphrase }),
      ).rejects.toMatchObject({ code: 'key-exists' });
    }
    expect(readFileSync(`${file}${suffix}`, 'utf8')).toBe(before);
    expect(existsSync(suffix === '' ? `${file}.pub` : file)).toBe(false);
  });

  it('says why none could be made', async () => {
    writeFileSync(join(box.directory, 'plain'), '');
    await expect(
      generateKey({ file: join(box.directory, 'plain', 'key'), type: 'ed25519', comment: '' }),
    ).rejects.toMatchObject({ code: 'key-not-made' });
  });
});

describe('publicKey', () => {
  it('is the line of the .pub file, or made from the private key', async () => {
    await generateKey({ file, type: 'ed25519', comment: 'me' });
    const line = readFileSync(`${file}.pub`, 'utf8').trim();
    expect(await publicKey(file)).toBe(line);
    rmSync(`${file}.pub`);
    expect((await publicKey(file))?.split(' ').slice(0, 2)).toEqual(line.split(' ').slice(0, 2));
  });

  it.each([0o666, 0o640, 0o604])(
    'case 176: is an error where others may read the private key (mode %o)',
    async (mode) => {
      await generateKey({ file, type: 'ed25519', comment: 'me' });
      chmodSync(file, mode);
      const wrong = { code: 'key-mode', hint: expect.stringContaining(`chmod 600 ${file}`) };
      await expect(publicKey(file)).rejects.toMatchObject(wrong);
      rmSync(`${file}.pub`);
      // ssh-keygen -y refuses it as well, in its own words.
      await expect(publicKey(file)).rejects.toThrow();
    },
  );

  it.each([
    ['free', {}],
    ['protected', { passphrase: new Secret('two words') }],
  ])('case 176: is an error where FILE.pub is of another key (%s)', async (_, more) => {
    await generateKey({ file, type: 'ed25519', comment: 'me', ...more });
    expect(await publicKey(file)).toMatch(/^ssh-ed25519 /);
    await generateKey({ file: `${file}-2`, type: 'ed25519', comment: 'me' });
    writeFileSync(`${file}.pub`, readFileSync(`${file}-2.pub`));
    await expect(publicKey(file)).rejects.toMatchObject({
      code: 'key-mismatch',
      hint: expect.stringContaining(`ssh-keygen -y -f ${file} > ${file}.pub`),
    });
  });

  it.each([
    ['PEM', 'pkcs1'],
    ['PKCS#8', 'pkcs8'],
  ] as const)('case 308: is an error where FILE.pub is not of a key in %s', async (_, type) => {
    mkdirSync(dirname(file), { recursive: true });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file, privateKey.export({ format: 'pem', type }), { mode: 0o600 });
    const own = await publicKey(file);
    writeFileSync(`${file}.pub`, `${own} me@laptop\n`);
    expect(await publicKey(file)).toBe(`${own} me@laptop`);
    await generateKey({ file: `${file}-2`, type: 'ed25519', comment: 'me' });
    writeFileSync(`${file}.pub`, readFileSync(`${file}-2.pub`));
    await expect(publicKey(file)).rejects.toMatchObject({ code: 'key-mismatch' });
  });

  it('is undefined where there is no key', async () => {
    expect(await publicKey(file)).toBeUndefined();
  });

  it('is an error where the file is no key', async () => {
    const other = join(box.directory, 'notes.txt');
    writeFileSync(other, 'hello\n', { mode: 0o600 });
    await expect(publicKey(other)).rejects.toMatchObject({ code: 'not-a-key' });
    writeFileSync(`${other}.pub`, 'hello\n');
    await expect(publicKey(other)).rejects.toMatchObject({ code: 'not-a-key' });
  });

  it.each([
    ['broken in two lines', (line: string) => `${line.slice(0, 50)}\n${line.slice(50)}\n`, 'is cut off'],
    [
      'cut off at the end',
      (line: string) => `${line.split(' ')[0]} ${line.split(' ')[1]?.slice(0, 60)}\n`,
      'is cut off',
    ],
    ['of another type than it says', (line: string) => line.replace('ssh-ed25519', 'ssh-rsa'), 'is cut off'],
    [
      'the private half',
      () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n',
      'it holds a private key',
    ],
  ])('case 35: refuses a public key that was pasted %s', async (_, broken, why) => {
    await generateKey({ file, type: 'ed25519', comment: 'me' });
    writeFileSync(`${file}.pub`, broken(readFileSync(`${file}.pub`, 'utf8')));
    await expect(publicKey(file)).rejects.toMatchObject({
      code: 'not-a-key',
      message: expect.stringContaining(why),
    });
  });

  it('case 35: reads one that an editor of Windows has saved', async () => {
    await generateKey({ file, type: 'ed25519', comment: 'me' });
    const line = readFileSync(`${file}.pub`, 'utf8').trim();
    writeFileSync(`${file}.pub`, `\r\n${line}\r\n`);
    expect(await publicKey(file)).toBe(line);
  });

  it('needs the .pub file of a protected key', async () => {
    const { file: locked } = box.key('locked', 'secret');
    expect(await publicKey(locked)).toMatch(/^ssh-ed25519 /);
    rmSync(`${locked}.pub`);
    await expect(publicKey(locked)).rejects.toMatchObject({
      code: 'not-a-key',
      hint: expect.stringContaining('.pub'),
    });
  });
});
