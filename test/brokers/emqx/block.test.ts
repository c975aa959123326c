import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block, withBlock } from '../../../src/brokers/emqx/block.js';

const [BEGIN = '', , END = ''] = withBlock('', 'x').split('\n');

describe('our block', () => {
  it('stands at the end, between marks that are comments', () => {
    expect(withBlock('a = 1\n', 'b = 2\nc = 3')).toBe(`a = 1\n${BEGIN}\nb = 2\nc = 3\n${END}\n`);
    expect([BEGIN, END].every((mark) => mark.startsWith('#') && mark.includes('broker-setup'))).toBe(true);
    expect(BEGIN).not.toBe(END);
  });

  it('is read back', () => {
    expect(block(withBlock('a = 1\n', 'b = 2\nc = 3'))).toBe('b = 2\nc = 3');
    expect(block('a = 1\n')).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'b', `${BEGIN}\nb\n${END}\n`],
    ['no newline at the end', 'a = 1', 'b', `a = 1\n${BEGIN}\nb\n${END}\n`],
    ['an older block', withBlock('a = 1\n', 'old\nold'), 'b', `a = 1\n${BEGIN}\nb\n${END}\n`],
    [
      'settings below ours, which would count more',
      `${BEGIN}\nb\n${END}\na = 1\n`,
      'b',
      `a = 1\n${BEGIN}\nb\n${END}\n`,
    ],
    ['empty lines below ours', `${BEGIN}\nb\n${END}\n\n\n`, 'b', `${BEGIN}\nb\n${END}\n\n\n`],
    ['a block that is not needed any more', withBlock('a = 1\n', 'old'), '', 'a = 1\n'],
    ['no block, and none needed', 'a = 1', '', 'a = 1'],
  ])('comes into a file with %s', (_, before, text, after) => {
    expect(withBlock(before, text)).toBe(after);
  });

  it.each([
    ['its last mark is gone', (content: string) => content.replace(`${END}\n`, '')],
    ['its first mark is gone', (content: string) => content.replace(`${BEGIN}\n`, '')],
    ['its last mark stands above as well', (content: string) => `${END}\n${content}`],
    ['it stands there twice', (content: string) => content + content],
    ['its line ends are those of Windows', (content: string) => content.replaceAll('\n', '\r\n')],
  ])('is put right in one go where %s', (_, spoil) => {
    const once = withBlock(spoil(withBlock('a = 1\n', 'old')), 'b = 2');
    expect(once).toMatch(/^a = 1\r?$/m);
    expect(once.endsWith(`${BEGIN}\nb = 2\n${END}\n`)).toBe(true);
    expect(withBlock(once, 'b = 2')).toBe(once);
  });

  it('whatever the file: every other byte stays, and twice is once', () => {
    const line = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('', '## text', 'a = 1\r'));
    const text = fc.array(fc.stringMatching(/^[a-z =]{1,9}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), text, text, (all, closed, first, second) => {
        const before = all.join('\n') + (closed ? '\n' : '');
        const one = withBlock(before, first.join('\n'));
        const other = withBlock(one, second.join('\n'));
        expect(one.startsWith(before)).toBe(true);
        expect(other.startsWith(before)).toBe(true);
        expect(block(other)).toBe(second.join('\n'));
        expect(withBlock(other, second.join('\n'))).toBe(other);
        expect(withBlock(other, '').trimEnd()).toBe(before.trimEnd());
      }),
    );
  });
});
