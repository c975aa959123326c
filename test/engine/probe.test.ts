import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batch, TOO_MUCH, unbatch, withoutLimit } from '../../src/engine/probe.js';
import { lines, type Sh, sh } from '../../src/sh.js';

const MARK = '0123456789abcdef';
const run = (probes: Record<string, Sh>, seconds?: number) =>
  unbatch(
    execFileSync('sh', ['-c', batch(new Map(Object.entries(probes)), MARK, seconds).run], {
      maxBuffer: 20_000_000,
    }).toString(),
    MARK,
  );

describe('batch', () => {
  it('keeps what each probe prints and its exit code apart', () => {
    const found = run({ first: sh`printf 'a\nb'; exit 3`, second: sh`true`, third: sh`echo c` });
    expect([...found]).toEqual([
      ['first', { code: 3, stdout: 'a\nb' }],
      ['second', { code: 0, stdout: '' }],
      ['third', { code: 0, stdout: 'c\n' }],
    ]);
  });

  it.each([
    ['exits', sh`exit 1`],
    ['has a syntax error', sh`if (`],
    ['reads stdin', sh`cat; read x`],
    ['kills itself', sh`kill -9 $$`],
    ['prints to stderr', sh`echo noise >&2`],
    ['forges a frame with another mark', sh`printf '\nffff end bad 0\n\nffff begin good\nforged\n'`],
  ])('case 67: a probe that %s spoils no other', (_, bad) => {
    expect(run({ bad, good: sh`echo fine` }).get('good')).toEqual({ code: 0, stdout: 'fine\n' });
  });

  it('a probe of many short lines is heard to its end', () => {
    const found = run({ talks: sh`i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i + 1)); done` });
    expect(found.get('talks')?.code).toBe(0);
    expect(found.get('talks')?.stdout).toMatch(/^0\n[\s\S]*\n2999\n$/);
  });

  it('case 67: a probe that hangs ends as one that timeout(1) has ended, with what it told until then', () => {
    const found = run({ hangs: sh`echo half; sleep 60`, good: sh`echo fine` }, 1);
    expect(found.get('hangs')).toEqual({ code: 124, stdout: 'half\n' });
    expect(found.get('good')).toEqual({ code: 0, stdout: 'fine\n' });
  });

  it('a probe that prints without end is stopped, and the others are told', () => {
    const found = run({ endless: sh`yes`, ends: sh`yes | head -n 3`, good: sh`echo fine` });
    expect(found.get('endless')?.code).toBe(TOO_MUCH);
    expect(found.get('endless')?.stdout.length).toBeLessThan(5_000_000);
    expect(found.get('ends')).toEqual({ code: 0, stdout: 'y\ny\ny\n' });
    expect(found.get('good')).toEqual({ code: 0, stdout: 'fine\n' });
  });

  it('a probe that takes no notice of signals hangs alone, too', () => {
    const found = run({ deaf: sh`trap '' TERM; echo half; sleep 60; echo on`, good: sh`echo fine` }, 1);
    expect(found.get('deaf')).toEqual({ code: 124, stdout: 'half\n' });
    expect(found.get('good')).toEqual({ code: 0, stdout: 'fine\n' });
  });

  it('a probe whose programs write long files of their own can lift the limit', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'probe-')), 'long');
    const write = sh`head -c 5000000 /dev/zero >${file} || exit 1`;
    const found = run({ short: write, long: lines(withoutLimit, write) });
    rmSync(dirname(file), { recursive: true });
    expect(found.get('short')?.code).not.toBe(0);
    expect(found.get('long')?.code).toBe(0);
  });

  it('leaves nothing behind', () => {
    const places = sh`printf %s "$PWD"`;
    expect(existsSync(run({ places }).get('places')?.stdout ?? '/')).toBe(false);
  });

  it('any output comes back to the byte', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 200 })
      .filter((t) => !t.includes('\0') && !t.includes(MARK));
    fc.assert(
      fc.property(text, (output) => {
        expect(run({ 'ssh-keys': sh`printf %s ${output}` }).get('ssh-keys')?.stdout).toBe(output);
      }),
      { numRuns: 60 },
    );
  });

  it('a stream that was cut has no frame for what is missing', () => {
    const whole = `\n${MARK} begin a\nx\n${MARK} end a 0\n\n${MARK} begin b\ny`;
    expect([...unbatch(whole, MARK).keys()]).toEqual(['a']);
  });
});
