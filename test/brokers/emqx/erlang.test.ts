import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erl, evaluate } from '../../../src/brokers/emqx/erlang.js';
import { Secret } from '../../../src/sh.js';
import { type Stubs, stubs } from './stubs.js';

/** Takes `<<"…">>` apart as Erlang does. @throws where anything stands behind its end */
function unquoted(text: string): string {
  const inner = /^<<"((?:[^"\\]|\\.)*)">>$/s.exec(text)?.[1];
  if (inner === undefined) throw new SyntaxError(`no binary: ${text}`);
  return inner.replaceAll(/\\(.)/gs, '$1');
}

describe('a value in Erlang text', () => {
  it('comes back as it was, whatever printable ASCII it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (value) => {
        expect(unquoted(erl`${value}`.run)).toBe(value);
        expect(unquoted(erl`${new Secret(value)}`.run)).toBe(value);
      }),
    );
  });

  it.each(['caf\u00e9', 'two\nlines', 'a\tb', '\u0000', '\u007f', '\u2028'])('is refused as %j', (value) => {
    expect(() => erl`${value}`).toThrow(TypeError);
    expect(() => erl`${new Secret(value)}`).toThrow(TypeError);
  });

  it('is one binary in the text around it, and another piece is spliced', () => {
    const inner = erl`f(${'x"y'})`;
    expect(erl`begin ${inner}, ${'z'} end.`.run).toBe('begin f(<<"x\\"y">>), <<"z">> end.');
  });

  it('is not shown where it is secret, nor is its piece', () => {
    const inner = erl`f(${'name'}, ${new Secret('hunter2')})`;
    expect(erl`${inner}.`).toEqual({
      run: 'f(<<"name">>, <<"hunter2">>).',
      show: 'f(<<"name">>, <<"<secret>">>).',
    });
  });
});

describe('evaluating', () => {
  let server: Stubs;
  beforeEach(() => {
    server = stubs('chown');
    mkdirSync(join(server.root, 'run'));
    // Stands in for EMQX: keeps the file that it is told to read.
    server.stub(
      'su',
      `file=$(printf %s "$6" | sed "s/.*'\\(.*\\)'.*/\\1/")
stat -c %a "$file" "$(dirname "$file")" >'${server.root}/mode'
cat "$file" >'${server.root}/program'; echo '{ok,42}'`,
    );
  });
  afterEach(() => server.remove());
  const run = (script: string) => server.run(script, '/run/broker-setup');
  const told = (name: string) => readFileSync(join(server.root, name), 'utf8');
  const left = () => readdirSync(join(server.root, 'run'));

  const password = `it's "50%" \\n $HOME \`x\``;

  it('hands the text over byte by byte in a file for EMQX alone, and leaves nothing', () => {
    const program = erl`f(${'device-1'}, ${new Secret(password)}).`;
    const { status, stdout } = run(evaluate(program).run);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '{ok,42}\n' });
    expect(told('program')).toBe(`${program.run}\n`);
    expect(told('mode')).toBe('600\n700\n');
    expect(left()).toEqual([]);
  });

  it('shows a secret to no command line and in no log', () => {
    const script = evaluate(erl`f(${new Secret(password)}, ${new Secret('hunter2')}).`);
    run(script.run);
    const calls = server.calls().join('\n');
    expect(calls).toMatch(/^su - emqx -s \/bin\/bash -c \S*\/bin\/emqx eval "file:script\('/m);
    expect(calls).not.toMatch(/50%|hunter2/);
    expect(script.show).not.toMatch(/50%|hunter2/);
    expect(script.show).toContain('<secret>');
  });

  it('fails where EMQX does, and leaves nothing then either', () => {
    server.stub('su', 'exit 3');
    expect(run(evaluate(erl`ok.`).run).status).toBe(3);
    expect(left()).toEqual([]);
  });
});
