import { execFileSync } from 'node:child_process';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blanked, lines, Secret, sh } from '../src/sh.js';

const real = (script: string) => execFileSync('sh', ['-c', script]).toString();
const anyWord = fc.string({ unit: 'binary', maxLength: 300 }).filter((text) => !text.includes('\0'));

describe('sh', () => {
  it('hands any text on as exactly one word', () => {
    fc.assert(
      fc.property(anyWord, (text) => {
        expect(real(sh`printf '%s|' ${text}`.run)).toBe(`${Buffer.from(text).toString()}|`);
      }),
      { numRuns: 200 },
    );
  });

  it('hands a list on as several words', () => {
    expect(real(sh`printf '<%s>' ${['a b', "it's", '']}`.run)).toBe("<a b><it's><>");
  });

  it('splices another piece unquoted', () => {
    const inner = sh`echo ${'a  b'}`;
    expect(real(sh`x=$(${inner}); printf %s "$x"`.run)).toBe('a  b');
  });

  it('shows a secret as <secret>, but runs with it', () => {
    const piece = lines(sh`true`, sh`printf %s ${new Secret("pa'ss")}`);
    expect(piece.show).not.toContain('ss"');
    expect(piece.show).toBe('true\nprintf %s <secret>');
    expect(real(piece.run)).toBe("pa'ss");
  });

  it('refuses a NUL, which no word can hold', () => {
    expect(() => sh`echo ${'a\0b'}`).toThrow(TypeError);
  });
});

describe('Secret', () => {
  it('shows in no way of printing it', () => {
    const secret = new Secret('hunter2');
    for (const text of [
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ a: [secret] }),
      `${secret}`,
    ]) {
      expect(text).not.toContain('hunter2');
    }
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('what a program on the server prints', () => {
  it('is shown without the secrets of the run', () => {
    const secrets = [new Secret('hunter2'), undefined, new Secret('')];
    expect(blanked('refused: ada/hunter2, hunter2!', secrets)).toBe('refused: ada/<secret>, <secret>!');
  });
});

it('a script with an escape that JavaScript does not know is refused, not silently empty', () => {
  const pieces = Object.assign([undefined], { raw: ['\\1'] }) as unknown as TemplateStringsArray;
  expect(() => sh(pieces)).toThrow('unknown escape');
});
