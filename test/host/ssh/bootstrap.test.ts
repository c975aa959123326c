import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMark, bootstrap, type Marks, payload } from '../../../src/host/ssh/bootstrap.js';
import { receive } from '../../../src/host/ssh/stream.js';

const marks: Marks = { started: '0123456789abcdef', noSudo: 'fedcba9876543210', prompt: '00112233445566ff' };
const MARK_LINE = `${marks.started}\n`;

describe('bootstrap', () => {
  it.each([
    ['without-password', false],
    ['with-password', false],
    ['without-password', true],
    ['with-password', true],
  ] as const)('case 9: is read alike by every shell (%s, in a terminal: %s)', (way, terminal) => {
    const words = /^sh -c '([^']*)' sh '([^']*)'( '[^']*')?$/.exec(bootstrap(marks, way, terminal));
    expect(words?.[3] !== undefined).toBe(terminal);
    expect(bootstrap(marks, way, terminal)).not.toMatch(/[\\!\n]/);
  });

  const installed = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

  describe.each(['sh', 'bash', 'zsh', 'fish', 'csh'])('under %s', (shell) => {
    it.skipIf(!installed(shell))('case 9: runs the script and hands on its exit code', () => {
      const command = bootstrap(marks, 'without-password').replace('"$(id -u)" = 0', '0 = 0');
      const input = payload(marks, `printf '%s|' "it's" '\\'; exit 3`);
      const { status, stdout } = spawnSync(shell, ['-c', command], { input, encoding: 'utf8' });
      expect({ code: status, stdout }).toEqual({ code: 3, stdout: `${MARK_LINE}it's|\\|` });
    });
  });

  it('hands on whence the connection comes, which sudo would take away', () => {
    const command = bootstrap(marks, 'without-password').replace('"$(id -u)" = 0', '0 = 0');
    const input = payload(marks, 'echo "$SSH_CONNECTION|$#"');
    const seen = (env: Record<string, string>) =>
      spawnSync('sh', ['-c', command], { input, env: { PATH: '/usr/bin:/bin', ...env }, encoding: 'utf8' })
        .stdout;
    const connection = '198.51.100.9 4000 203.0.113.7 22';
    expect(seen({ SSH_CONNECTION: connection })).toBe(`${MARK_LINE}${connection}|0\n`);
    expect(seen({})).toBe(`${MARK_LINE}|0\n`);
  });

  it('runs nothing of a script that was cut short, wherever', () => {
    const whole = payload(marks, 'f() {\n echo no\n}\necho one\ncat <<E\ntwo\nE\necho three');
    const command = bootstrap(marks, 'without-password').replace('"$(id -u)" = 0', '0 = 0');
    for (const cut of [20, 30, 34, 40, 50, 56, 60, whole.trimEnd().length - 1]) {
      const { stdout } = spawnSync('sh', ['-c', command], { input: whole.slice(0, cut), encoding: 'utf8' });
      expect(stdout.replace(MARK_LINE, ''), `cut at ${cut}`).toBe('');
    }
  });
});

describe('receive', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

  it('finds the output behind any noise, however the packets fall', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.array(fc.nat({ max: 400 }), { maxLength: 10 }), (noise, output, cuts) => {
        fc.pre(!noise.includes(MARK_LINE));
        const stream = Buffer.concat([noise, Buffer.from(MARK_LINE), output]);
        const received = receive(marks.started, { onFlood: () => undefined });
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), stream.length]) {
          received.push(stream.subarray(from, cut));
          from = Math.max(from, cut);
        }
        expect(received.started()).toBe(true);
        expect(received.noise()).toBe(noise.toString('utf8'));
        expect(received.output()).toBe(output.toString('utf8'));
      }),
    );
  });

  it('hands on each complete line once, whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 8 })),
        fc.integer({ min: 1, max: 5 }),
        (texts, size) => {
          const lines = texts.map((text) => text.replace(/[\r\n]/g, ' '));
          const stream = Buffer.from(`${MARK_LINE}${lines.map((line) => `${line}\n`).join('')}rest`);
          const seen: string[] = [];
          const received = receive(marks.started, {
            onLine: (line) => seen.push(line),
            onFlood: () => undefined,
          });
          for (let at = 0; at < stream.length; at += size) received.push(stream.subarray(at, at + size));
          expect(seen).toEqual(lines);
        },
      ),
    );
  });

  it('takes no mark that does not end its line', () => {
    expect(afterMark(Buffer.from(`+ echo ${marks.started}; cat\n`), marks.started)).toBeUndefined();
  });
});
