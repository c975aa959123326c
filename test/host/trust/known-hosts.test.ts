import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Target } from '../../../src/host/host.js';
import { knownKeys, rememberKeys } from '../../../src/host/trust/known-hosts.js';
import { scratch } from '../server.js';

let box: ReturnType<typeof scratch>;
beforeEach(() => {
  box = scratch();
});
afterEach(() => box.remove());

const target = (more: Partial<Target> = {}): Target => ({
  name: 'box',
  hostname: 'box.example.org',
  port: 22,
  user: 'root',
  identityFiles: [],
  identityAgent: undefined,
  identitiesOnly: false,
  knownHostsFiles: [join(box.directory, 'ssh', 'known_hosts'), join(box.directory, 'none')],
  hostKeyAlias: undefined,
  jumps: [],
  proxyCommand: undefined,
  certificateFiles: [],
  sshOptions: [],
  transport: 'node',
  ...more,
});
const made = (name: string): { type: string; base64: string } => {
  const [type = '', base64 = ''] = box.key(name).public.split(' ');
  return { type, base64 };
};

it('makes file and folder, for this user alone', async () => {
  const key = made('a');
  await rememberKeys(target(), [key]);
  const [file = ''] = target().knownHostsFiles;
  expect(readFileSync(file, 'utf8')).toBe(`box.example.org ssh-ed25519 ${key.base64}\n`);
  if (process.platform !== 'win32') {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(box.directory, 'ssh')).mode & 0o777).toBe(0o700);
  }
  expect(await knownKeys(target())).toEqual([key]);
});

it('case 122: says what to do where it cannot be written', async () => {
  const known = target({ knownHostsFiles: [box.directory] });
  await expect(rememberKeys(known, [made('c')])).rejects.toMatchObject({
    code: 'known-hosts',
    message: expect.stringContaining(`${box.directory}: it is a directory`),
    hint: expect.stringContaining('--known-hosts'),
  });
});

it('adds what is missing and nothing twice, on a line of its own', async () => {
  const file = join(box.directory, 'known');
  const [one, two] = [made('one'), made('two')];
  writeFileSync(file, `box.example.org ${one.type} ${one.base64}`);
  const known = target({ knownHostsFiles: [file] });
  await rememberKeys(known, [one, two]);
  await rememberKeys(known, [one, two]);
  expect(readFileSync(file, 'utf8').split('\n')).toEqual([
    `box.example.org ssh-ed25519 ${one.base64}`,
    `box.example.org ssh-ed25519 ${two.base64}`,
    '',
  ]);
});

it('spells the port as ssh does, and finds it again', async () => {
  const file = join(box.directory, 'known');
  const known = target({ port: 2222, knownHostsFiles: [file] });
  const key = made('a');
  await rememberKeys(known, [key]);
  expect(readFileSync(file, 'utf8')).toMatch(/^\[box\.example\.org\]:2222 /);
  expect(await knownKeys(known)).toEqual([key]);
  expect(await knownKeys(target({ knownHostsFiles: [file] }))).toEqual([]);
});

it('finds hashed names, patterns and marked lines', async () => {
  const file = join(box.directory, 'known');
  const [hashed, pattern, revoked, authority] = [made('h'), made('p'), made('r'), made('c')];
  writeFileSync(file, `box.example.org ${hashed.type} ${hashed.base64}\n`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
  const lines = readFileSync(file, 'utf8');
  expect(lines).toMatch(/^\|1\|/);
  writeFileSync(
    file,
    `# a comment\n${lines}*.example.org ${pattern.type} ${pattern.base64} me\n` +
      `@revoked * ${revoked.type} ${revoked.base64}\n@cert-authority *.example.org ${authority.type} ${authority.base64}\n` +
      `other.example.net ${hashed.type} ${hashed.base64}\n`,
  );
  expect(await knownKeys(target({ knownHostsFiles: [file] }))).toEqual([
    hashed,
    pattern,
    { ...revoked, marker: 'revoked' },
    { ...authority, marker: 'cert-authority' },
  ]);
});

it('writes nothing where no file is to be kept', async () => {
  await rememberKeys(target({ knownHostsFiles: [] }), [made('a')]);
  expect(await knownKeys(target({ knownHostsFiles: [] }))).toEqual([]);
});

it('takes a pipe for a file without keys, and does not wait for it', async () => {
  const pipe = join(box.directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const one = target({ knownHostsFiles: [pipe] });
  expect(await knownKeys(one)).toEqual([]);
  await expect(rememberKeys(one, [made('a')])).rejects.toThrow(/could not be kept in .*not a regular file/);
});
