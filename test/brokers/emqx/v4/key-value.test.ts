import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broken, differing, edit, read } from '../../../../src/brokers/emqx/v4/key-value.js';

describe('reading', () => {
  it.each([
    ['a setting', 'a.b = 1\n', { 'a.b': '1' }],
    ['no spaces, many, and tabs', 'a=1\nb   =   2\n\tc\t=\t3\n', { a: '1', b: '2', c: '3' }],
    ['a value with spaces', 'a = allow all\n', { a: 'allow all' }],
    ['a value with =', 'a = b=c\n', { a: 'b=c' }],
    ['comments', '# a = 1\n  ## b = 2\n\nc = 3\n', { c: '3' }],
    ['a comment behind a value', 'a = 1 # why\nb = 2## why\n', { a: '1', b: '2' }],
    ['spaces behind a value', 'a = 1  \n', { a: '1' }],
    ['line ends of Windows', 'a = 1\r\nb = 2\r\n', { a: '1', b: '2' }],
    ['both of these', 'a = 1 # why\r\nb = 2\r\n', { a: '1', b: '2' }],
    ['no newline at the end', 'a = 1\nb = 2', { a: '1', b: '2' }],
    ['two values for one key: the last counts', 'a = 1\nb = 2\na = 3\n', { a: '3', b: '2' }],
    ['nothing', '', {}],
  ])('%s', (_, content, expected) => {
    expect(Object.fromEntries(read(content))).toEqual(expected);
  });
});

describe('lines that EMQX would not start with', () => {
  it.each([
    ['allow_anonymous false', 1],
    ['a = 1\n\n[section]\n', 3],
    ['= 1\n', 1],
    ['a = 1\nkey =\n', 2],
    ['key = # only a comment\n', 1],
  ])('%j', (content, line) => {
    expect(broken(content).map((one) => one.line)).toEqual([line]);
  });

  it.each([
    '# a\n\n  \n\t# b\n',
    'a = 1\r\n\r\n# b\r\n',
    'a = 1 # why\r\n',
    '# caf\u00e9 \u2028 here\n',
    'a = 1 # here\u2028there\n',
    '',
  ])('none in %j', (content) => {
    expect(broken(content)).toEqual([]);
  });

  it('are told with their text', () => {
    expect(broken('a = 1\n  listener 8883  \n')).toEqual([{ line: 2, text: 'listener 8883' }]);
  });
});

describe('editing', () => {
  it.each([
    ['a value where it stands', 'x = 1\na = 1\ny = 2\n', { a: '2' }, 'x = 1\na = 2\ny = 2\n'],
    ['the spaces around it stay', '  a   =  1  \n', { a: '2' }, '  a   =  2  \n'],
    ['the comment behind it stays', 'a = 1   # mine\n', { a: '2' }, 'a = 2   # mine\n'],
    ['line ends of Windows stay', 'a = 1\r\nb = 1\r\n', { a: '2' }, 'a = 2\r\nb = 1\r\n'],
    ['so does both together', 'a = 1 # mine\r\n', { a: '2' }, 'a = 2 # mine\r\n'],
    ['of two values the last', 'a = 1\na = 3\n', { a: '2' }, 'a = 1\na = 2\n'],
    ['a new one below its example', '## a = 1\nb = 2\n', { a: '3' }, '## a = 1\na = 3\nb = 2\n'],
    [
      'below the last of its examples',
      '#a = 1\n# a = 2\nb = 2\n',
      { a: '3' },
      '#a = 1\n# a = 2\na = 3\nb = 2\n',
    ],
    ['not below one that begins alike', '# a.b = 1\nb = 2\n', { a: '3' }, '# a.b = 1\nb = 2\na = 3\n'],
    ['without an example at the end', 'b = 2\n', { a: '3' }, 'b = 2\na = 3\n'],
    ['also where the last newline lacks', 'b = 2', { a: '3' }, 'b = 2\na = 3\n'],
    ['into an empty file', '', { a: '3' }, 'a = 3\n'],
    [
      'what must not be set becomes a comment',
      'a = 1\nb = 2\na = 3\n',
      { a: undefined },
      '## a = 1\nb = 2\n## a = 3\n',
    ],
    ['a key that begins alike is another one', 'a.b = 1\nab = 1\n', { a: undefined }, 'a.b = 1\nab = 1\n'],
    ['what a value holds is no pattern', 'a = 1\n', { a: '$1$&' }, 'a = $1$&\n'],
    ['nothing where all is so', ' a=1 # x\n\n', { a: '1', b: undefined }, ' a=1 # x\n\n'],
  ])('%s', (_, before, wanted, after) => {
    expect(edit(before, wanted)).toBe(after);
  });
});

const KEYS = ['a', 'a.b', 'listener.tcp.external', 'listener.tcp.external.zone', 'x_1'];
const key = fc.constantFrom(...KEYS);
const value = fc.stringMatching(/^[A-Za-z0-9$&:/,.=_-]([A-Za-z0-9$&:/,.=_ -]{0,8}[A-Za-z0-9$&:/,.=_-])?$/);
const gap = fc.constantFrom('', ' ', '\t', '  ');
const line = fc.oneof(
  fc.tuple(gap, key, gap, gap, value, gap).map(([a, k, b, c, v, d]) => `${a}${k}${b}=${c}${v}${d}`),
  fc.tuple(key, value, gap).map(([k, v, a]) => `${k} = ${v}${a}# mine`),
  fc.tuple(fc.constantFrom('#', '##', ' # '), key, value).map(([a, k, v]) => `${a}${k} = ${v}`),
  fc.constantFrom('', '  ', '## text', '#'),
);
const content = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([all, end, closed]) => all.join(end) + (closed ? end : ''));
const wanted = fc.dictionary(key, fc.option(value, { nil: undefined }), { noNullPrototype: true });

describe('whatever the file and the settings', () => {
  it('a file is read as EMQX reads it', () => {
    fc.assert(
      fc.property(content, (text) => {
        expect(Object.fromEntries(read(text))).toEqual(Object.fromEntries(said(text)));
      }),
    );
  });

  it('an edited file says what was wanted', () => {
    fc.assert(
      fc.property(content, wanted, (before, want) => {
        const after = edit(before, want);
        for (const [name, one] of Object.entries(want)) expect(said(after).get(name)).toBe(one);
        expect(differing(after, want)).toEqual([]);
      }),
    );
  });

  it('every other setting and every other line stays, byte by byte and in its place', () => {
    fc.assert(
      fc.property(content, wanted, (before, want) => {
        const after = edit(before, want);
        const others = (text: string) => [...said(text)].filter(([name]) => !Object.hasOwn(want, name));
        expect(others(after)).toEqual(others(before));
        expect(untouched(after, before, want)).toEqual(untouched(before, before, want));
      }),
    );
  });

  it('editing twice is editing once', () => {
    fc.assert(
      fc.property(content, wanted, (before, want) => {
        const once = edit(before, want);
        expect(edit(once, want)).toBe(once);
      }),
    );
  });
});

/** The settings of a file, read in another way: a line without its comment, cut at its first `=`. */
function said(text: string): Map<string, string> {
  const settings = text
    .split(/\r?\n/)
    .map((one) => one.replace(/#.*$/, ''))
    .filter((one) => one.includes('='))
    .map((one): [string, string] => [
      one.slice(0, one.indexOf('=')).trim(),
      one.slice(one.indexOf('=') + 1).trim(),
    ]);
  return new Map(settings);
}

/** The lines that set none of the wanted keys, nor did so before they became comments. */
function untouched(text: string, before: string, want: object): string[] {
  const sets = (one: string) => Object.hasOwn(want, /^\s*([^\s#=]+)\s*=/.exec(one)?.[1] ?? '');
  const retired = before
    .split('\n')
    .filter(sets)
    .map((one) => `## ${one}`);
  // A last newline may be added where it lacked.
  const closed = text === '' ? '' : text.replace(/\n?$/, '\n');
  return closed.split('\n').filter((one) => !sets(one) && !retired.includes(one));
}
