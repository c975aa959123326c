import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { readConfig } from '../../src/settings/config-file.js';
import { howToGive, loadDraft, requireSettings } from '../../src/settings/load.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(content: string | Buffer): Promise<unknown> {
  const file = join(directory, 'broker.yaml');
  await writeFile(file, content);
  return readConfig(file);
}

async function refusal(reading: Promise<unknown>): Promise<UsageError> {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error as UsageError;
}

describe('readConfig', () => {
  it('reads YAML 1.2, where yes is a word, and JSON', async () => {
    expect(await read('reboot: yes\nlogin: {port: 22}\nhostname: "12"\n')).toEqual({
      reboot: 'yes',
      login: { port: 22 },
      hostname: '12',
    });
    expect(await read('{"server": "lab"}')).toEqual({ server: 'lab' });
  });

  it('case 121: reads what editors of Windows write, and names what it cannot read', async () => {
    expect(await read('\ufeffserver: lab\r\nlogin:\r\n  port: 22\r\n')).toEqual({
      server: 'lab',
      login: { port: 22 },
    });
    const wide = await refusal(read(Buffer.from('\ufeffserver: lab\r\n', 'utf16le')));
    expect([wide.message, wide.hint].join(' ')).toMatch(/is not UTF-8 text\. .*PowerShell/);
  });

  it('takes an empty file for no settings', async () => {
    expect(await read('')).toEqual({});
    expect(await read('# nothing yet\n')).toEqual({});
  });

  it.each([
    ['a: [1,\nb: 2\n', /broker\.yaml, line 2, column 1: /],
    ['server: a\nserver: b\n', /line 2, column 1: this setting is there twice/],
    ['a: &x 1\nb: *x\n', /line 2, column 4: references \(\*name\) are not supported/],
    ['a: 1\n---\nb: 2\n', /line 2, column 1: /],
    ['a: !!js/function x\n', /line 1, column 4: Unresolved tag/],
    ['a: !\u001b[31m x\n', /line 1/],
  ])('says where %j is wrong', async (text, expected) => {
    const { problems, exitCode } = await refusal(read(text));
    expect(problems.join('\n')).toMatch(expected);
    expect(problems.join('')).not.toMatch(/\p{Cc}/u);
    expect(exitCode).toBe(2);
  });

  it('refuses a bomb of references at once', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i ? `*a${i - 1}` : 'x')
          .join(',')}]`,
    );
    expect((await refusal(read(levels.join('\n')))).problems).toHaveLength(10);
  });

  it('never repeats the lines themselves, which may hold what is secret', async () => {
    const error = await refusal(read('password: "hunter2\nserver: lab\n'));
    expect(`${error.message}${error.problems.join()}`).not.toContain('hunter2');
  });

  it('refuses what is too long, no UTF-8, no file or not there', async () => {
    expect((await refusal(read('#'.repeat(64 * 1024 + 1)))).code).toBe('config-too-long');
    expect((await refusal(read(Buffer.from('\ufeffserver: lab', 'utf16le')))).code).toBe('config-encoding');
    expect((await refusal(readConfig(directory))).message).toContain('it is a directory');
    expect((await refusal(readConfig(join(directory, 'none.yaml')))).message).toMatch(
      /none\.yaml cannot be read: there is no such file\.$/,
    );
  });

  it('says that the permission is missing', async () => {
    await read('server: lab');
    const file = join(directory, 'broker.yaml');
    await chmod(file, 0);
    // Root may read everything, so root reads as nobody here.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    const error = await refusal(readConfig(file)).finally(() => root && process.seteuid?.(0));
    await chmod(file, 0o600);
    expect(error.message).toContain('you have no permission to');
  });
});

describe('loadDraft and requireSettings', () => {
  it('lets the command line win over the file', async () => {
    await read('server: lab\nreboot: no\n');
    const draft = await loadDraft(join(directory, 'broker.yaml'), [{ keys: ['server'], value: 'other' }]);
    expect(draft).toEqual({ server: 'other', reboot: 'no' });
    expect(await loadDraft(undefined, [])).toEqual({});
  });

  it('names both ways to give what is missing', () => {
    expect(['server', 'domain', 'certificate.agree_terms', 'login.port'].map(howToGive)).toEqual([
      'server is missing: give it as first argument (203.0.113.7), or "server: 203.0.113.7" in broker.yaml.',
      'domain is missing: give it as --domain mqtt.example.org, or "domain: mqtt.example.org" in broker.yaml.',
      'certificate.agree_terms is missing: give it as --agree-terms, or "agree_terms: true" under "certificate:" in broker.yaml.',
      'login.port is missing: give it as --set login.port=22, or "port: 22" under "login:" in broker.yaml.',
    ]);
  });

  it('throws one error with everything, and not more than can be read', async () => {
    const { message, problems } = await refusal((async () => requireSettings({ reboot: 1 }))());
    expect(message).toBe('Some settings are wrong or missing.');
    expect(problems).toHaveLength(5);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`unknown${i}`, i]));
    expect((await refusal((async () => requireSettings(many))())).problems.at(-1)).toBe('... and 84 more.');
  });
});
