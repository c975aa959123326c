import { describe, expect, it } from 'vitest';
import { columns } from '../../src/terminal/columns.js';

const screen = (width: number | undefined, out = true, err = true) => ({
  stdout: { isTTY: out },
  stderr: { isTTY: err, ...(width === undefined ? {} : { columns: width }) },
});

describe('case 259: the width of text', () => {
  it.each([
    ['is the terminal’s', screen(60), 60],
    ['at most what can be read', screen(240), 120],
    ['at least a few words', screen(3), 40],
    ['80 where the terminal has no size', screen(0), 80],
    ['80 where standard output is a pipe', screen(120, false), 80],
    ['80 where standard error is a file', screen(120, true, false), 80],
  ])('%s', (_, given, expected) => expect(columns(given)).toBe(expected));
});
