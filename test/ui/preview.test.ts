import { describe, expect, it } from 'vitest';
import type { Look } from '../../src/engine/look.js';
import type { Finding } from '../../src/engine/step.js';
import { Secret, sh } from '../../src/sh.js';
import { hostname } from '../../src/steps/hostname.js';
import { user } from '../../src/steps/user.js';
import { wrap } from '../../src/terminal/wrap.js';
import { planTotal } from '../../src/ui/plan-total.js';
import { preview } from '../../src/ui/preview.js';

const look = (findings: Finding[], unknown?: string): Look => ({
  step: hostname,
  findings,
  facts: [],
  inventory: {},
  unknown,
});
const write = (content: string | Secret, before: string | undefined): Finding => ({
  id: 'hostname.hosts',
  level: 'change',
  summary: 'Write it',
  change: {
    kind: 'write',
    files: [{ path: '/etc/hosts', content, mode: '0644', owner: 'root:root', before }],
  },
});
const all = { diffs: true, commands: true };

describe('the plan', () => {
  it('shows a step that is in place, one with a change, and one that could not be checked', () => {
    expect(
      preview([look([]), look([write('a\nb\n', 'a\n')]), look([], 'no answer')], {
        diffs: true,
        commands: false,
      }),
    ).toMatchInlineSnapshot(`
        "✔ Set the host name (in place)
        → Set the host name
            · Write it
                /etc/hosts  (root:root, 0644)
                @@ -1,1 +1,2 @@
                 a
                +b
        ? Set the host name
            no answer"
      `);
  });

  it('never shows a secret, in a file or in a command', () => {
    const run: Finding = {
      id: 'hostname.name',
      level: 'change',
      summary: 'Set it',
      change: { kind: 'run', script: sh`printf %s ${new Secret('hunter2')}`, undo: 'nothing' },
    };
    const text = preview([look([write(new Secret('hunter2'), undefined), run])], all);
    expect(text).toContain('<secret>');
    expect(text).not.toContain('hunter2');
  });

  it('hands nothing raw to the terminal that a server said', () => {
    const text = preview(
      [look([write('ok\n', '\u001b]0;title\u0007\u001b[31mred\r\n')], undefined), look([], 'bad \u001b[2J')],
      all,
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

it('gives up on files that differ without end, and cuts long lines', () => {
  const lines = (word: string) => Array.from({ length: 60_000 }, (_, n) => `${word}${n}\n`).join('');
  const begun = performance.now();
  const text = preview([look([write(lines('a'), lines('b'))])], all);
  expect(performance.now() - begun).toBeLessThan(5000);
  expect(text).toContain('differs too much to be shown');
  const long = preview([look([write('a\n', 'x'.repeat(1_000_000))])], all);
  expect(long.length).toBeLessThan(2000);
});

describe('wrap', () => {
  it('cuts what a server may have made endless', () => {
    expect(wrap('x'.repeat(1_000_000), 0)).toHaveLength(4001);
  });

  it('breaks at words, within 80 columns', () => {
    const lines = wrap('word '.repeat(60).trim(), 6).split('\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map((line, index) => line.length + (index === 0 ? 6 : 0)))).toBeLessThan(80);
  });
});

describe('case 262: what is not there yet', () => {
  it('is not called in place by the plan', () => {
    const absent = { ...look([]), absent: 'once there is a certificate' };
    expect(preview([absent], all)).toBe('- Set the host name (once there is a certificate)');
  });
});

describe('case 267: the last line of a plan', () => {
  it('says what it comes to', () => {
    const stop: Finding = { id: 'hostname.hosts', level: 'stop', summary: 'Stop' };
    const warn: Finding = { id: 'hostname.hosts', level: 'warn', summary: 'Note' };
    expect(planTotal([look([]), look([write('a', 'b'), stop, warn]), look([], 'no answer')])).toBe(
      'In all: 1 change in 1 step of 3, 1 to be put right by you first, 1 step could not be checked, 1 worth knowing.',
    );
    expect(planTotal([look([])])).toBe('In all: no changes.');
  });

  it('names the guard where a guarded step has changes', () => {
    const guarded = { ...look([write('a', 'b')]), step: user };
    expect(planTotal([guarded])).toContain('rolled back by the server unless a new login works');
  });
});
