import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { colourLevel, hasUnicode, symbols } from '../../src/terminal/theme.js';

describe('colourLevel', () => {
  it.each([
    [{}, true, 2],
    [{}, false, 0],
    [{ NO_COLOR: '1' }, true, 0],
    [{ NO_COLOR: '1', FORCE_COLOR: '3' }, true, 0],
    [{ NO_COLOR: '' }, true, 2],
    [{ FORCE_COLOR: '0' }, true, 0],
    [{ FORCE_COLOR: 'false' }, true, 0],
    [{ FORCE_COLOR: '' }, false, 2],
    [{ FORCE_COLOR: '3' }, false, 3],
    [{ TERM: 'dumb' }, true, 0],
  ])('%j, terminal %s: level %d', (environment, isTTY, expected) => {
    expect(colourLevel(environment, isTTY, 2)).toBe(expected);
  });

  it('gives at least the basic colours where they are forced and nothing was found out', () => {
    expect(colourLevel({ FORCE_COLOR: '1' }, false, 0)).toBe(1);
  });
});

describe('symbols', () => {
  const plain = new Chalk({ level: 0 });

  it('fall back to ASCII', () => {
    expect(symbols(true, plain)).toEqual({ ok: '✔', warn: '!', bad: '✖', unknown: '?', todo: '→' });
    expect(Object.values(symbols(false, plain)).join('')).toMatch(/^[\x20-\x7e]+$/);
  });

  it('differ from each other without colour', () => {
    for (const unicode of [true, false]) expect(new Set(Object.values(symbols(unicode, plain))).size).toBe(5);
  });

  it.each([
    [{}, 'win32', false],
    [{ WT_SESSION: 'x' }, 'win32', true],
    [{ TERM_PROGRAM: 'vscode' }, 'win32', true],
    [{ TERM: 'xterm-256color' }, 'linux', true],
    [{ TERM: 'linux' }, 'linux', false],
    [{}, 'darwin', true],
  ] as const)('%j on %s: unicode %s', (environment, platform, expected) => {
    expect(hasUnicode(environment, platform)).toBe(expected);
  });
});
