import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import {
  generatePassword,
  keyPassphrase,
  loginPassword,
  SECRET_VARIABLES,
  sudoPassword,
} from '../../src/settings/secrets.js';

type Config = { message: string; validate?: (value: string) => true | string };

/** Types these answers; one that is refused is remembered and the next is typed. */
function typing(...answers: string[]) {
  const asked: string[] = [];
  const refused: string[] = [];
  const told: string[] = [];
  const password = async ({ message, validate }: Config) => {
    asked.push(message);
    for (;;) {
      const answer = answers.shift();
      if (answer === undefined) throw new Error('asked once too often');
      const said = validate?.(answer) ?? true;
      if (said === true) return answer;
      refused.push(said);
    }
  };
  return { asked, refused, told, prompts: { password, tell: (text: string) => void told.push(text) } };
}

describe('secrets', () => {
  it('come from the environment first, without a question', async () => {
    const env = { [SECRET_VARIABLES.login]: 'from env' };
    const { prompts, asked } = typing();
    const secret = await loginPassword({ interactive: true, env, prompts });
    expect(secret?.reveal()).toBe('from env');
    expect(asked).toEqual([]);
    expect(inspect(secret) + JSON.stringify(secret) + String(secret)).not.toContain('from env');
  });

  it('are asked for where a person is there', async () => {
    const { prompts, asked } = typing('typed');
    const secret = await loginPassword({ interactive: true, env: {}, prompts, user: 'root', host: 'lab' });
    expect(secret?.reveal()).toBe('typed');
    expect(asked).toEqual(['Password of root on lab']);
  });

  it('are undefined where nobody gives one', async () => {
    const { prompts } = typing('', '');
    expect(await loginPassword({ interactive: false, env: {}, prompts })).toBeUndefined();
    expect(await sudoPassword({ interactive: true, env: {}, prompts })).toBeUndefined();
    expect(await keyPassphrase({ interactive: true, env: {}, prompts, isNew: true })).toBeUndefined();
  });

  it('are one line: anything else would end too early on the server, and is not shown', async () => {
    const bad = sudoPassword({ interactive: false, env: { [SECRET_VARIABLES.sudo]: 'two\nlines' } });
    await expect(bad).rejects.toThrow(UsageError);
    await expect(bad).rejects.toThrow(
      /^BROKER_SETUP_SUDO_PASSWORD must be one line without control characters\.$/,
    );
  });

  it('a passphrase for a new key is long enough and typed twice', async () => {
    const { prompts, asked, refused } = typing('abcd', 'correct horse', 'correct horse');
    const secret = await keyPassphrase({
      interactive: true,
      env: {},
      prompts,
      file: '~/.ssh/new',
      isNew: true,
    });
    expect(secret?.reveal()).toBe('correct horse');
    expect(asked).toEqual(['Passphrase of the new key ~/.ssh/new (empty for none)', 'The same once more']);
    expect(refused).toEqual(['It must have at least 5 characters, or none.']);
    await expect(
      keyPassphrase({ interactive: false, env: { [SECRET_VARIABLES.key]: 'abcd' }, isNew: true }),
    ).rejects.toThrow(/^BROKER_SETUP_KEY_PASSPHRASE is too short/);
  });

  it('a new sudo password is typed twice, a known one once', async () => {
    const twice = typing('abc', 'eleven char', 'twelve chars', 'twelve chars');
    await sudoPassword({ interactive: true, env: {}, prompts: twice.prompts, user: 'ada', isNew: true });
    expect(twice.asked).toEqual([
      'New sudo password of ada, at least 12 characters (empty: one is generated)',
      'The same once more',
    ]);
    const short = 'It must have at least 12 characters, or none: one is generated then.';
    expect(twice.refused).toEqual([short, short]);
    const once = typing('one');
    await sudoPassword({ interactive: true, env: {}, prompts: once.prompts, user: 'ada' });
    expect(once.asked).toEqual(['sudo password of ada']);
  });

  it('case 250: where the two entries differ, both are asked for again: the first may be the wrong one', async () => {
    const { prompts, asked, told } = typing('mistyped passphrase', 'passphrase', 'passphrase', 'passphrase');
    const secret = await keyPassphrase({ interactive: true, env: {}, prompts, isNew: true });
    expect(secret?.reveal()).toBe('passphrase');
    expect(asked).toEqual([
      'Passphrase of the new key the SSH key (empty for none)',
      'The same once more',
      'Passphrase of the new key the SSH key (empty for none)',
      'The same once more',
    ]);
    expect(told).toEqual([expect.stringContaining('The two entries differ')]);
  });

  it('case 250: no tick stands before a password that is only tried afterwards', async () => {
    const pending: (boolean | undefined)[] = [];
    const prompts = {
      password: async (config: { pending?: boolean }) => {
        pending.push(config.pending);
        return 'typed';
      },
    };
    await loginPassword({ interactive: true, env: {}, prompts });
    await sudoPassword({ interactive: true, env: {}, prompts });
    await keyPassphrase({ interactive: true, env: {}, prompts });
    expect(pending).toEqual([true, true, true]);
  });

  it('a passphrase of a key that exists is asked for once, whatever its length', async () => {
    const { prompts, asked } = typing('abc');
    expect((await keyPassphrase({ interactive: true, env: {}, prompts }))?.reveal()).toBe('abc');
    expect(asked).toEqual(['Passphrase of the SSH key']);
  });
});

describe('generatePassword', () => {
  const many = Array.from({ length: 2000 }, () => generatePassword().reveal());

  it('has 24 letters and digits that nobody mistakes for another', () => {
    for (const one of many) expect(one).toMatch(/^[a-hj-km-np-zA-HJ-NP-Z2-9]{24}$/);
    expect(new Set(many).size).toBe(many.length);
  });

  it('uses every letter about equally often', () => {
    const counts = new Map<string, number>();
    for (const letter of many.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = (24 * many.length) / counts.size;
    expect(counts.size).toBe(55);
    // Standard deviation is about 3 %: a modulo bias of 256 % 55 would be 20 %.
    for (const count of counts.values()) expect(Math.abs(count / expected - 1)).toBeLessThan(0.18);
  });
});
