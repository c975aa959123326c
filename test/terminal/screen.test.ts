import { readdirSync, readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SetupError, UsageError } from '../../src/errors.js';
import { harmless, show } from '../../src/terminal/screen.js';
import { printError } from '../../src/ui/error.js';
import { jsonText } from '../../src/ui/json.js';
import { plainProgress } from '../../src/ui/progress.js';
import { part } from '../doctor/parts.js';
import { HOSTILE, RAW } from '../ui/hostile.js';

const NO_COLOUR = HOSTILE.replace('\u001b[31m', '');

afterEach(() => {
  vi.restoreAllMocks();
});

/** What `work` writes to stderr. */
function written(work: () => unknown): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  work();
  return write.mock.calls.map(([text]) => String(text)).join('');
}

describe('what is written', () => {
  it('keeps lines and our own colours, and nothing else that a terminal obeys', () => {
    const { bold, dim, red, green } = new Chalk({ level: 3 });
    const ours = `${bold('a')} ${dim('b')}\n${red(`c ${bold('d')}`)} ${green('e\nf')}  `;
    expect(harmless(ours)).toBe(ours);
    expect(harmless(`${ours}${NO_COLOUR}`).slice(ours.length)).not.toMatch(RAW);
  });

  it.each(['\u001b[8m', '\u001b[41m', '\u001b[1;31m', '\u001b[0;1m', '\u009b31m', '\u001b[31;1H'])(
    'takes %j for nobody’s colour',
    (code) => {
      expect(harmless(`a${code}b`)).not.toMatch(RAW);
    },
  );

  it('goes through one function', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const others = sources.filter((file) =>
      /\bconsole\.\w+\(|std(?:out|err)\.write/.test(readFileSync(`src/${file}`, 'utf8')),
    );
    expect(others).toEqual([]);
  });

  it('is harmless on any stream', () => {
    expect(written(() => show(NO_COLOUR, process.stderr))).not.toMatch(RAW);
  });
});

describe('an error', () => {
  const cause = new Error(`cause ${HOSTILE}`);
  const details = { code: 'x', hint: `hint ${HOSTILE}`, cause };

  it.each<[string, unknown]>([
    ['for people', new SetupError(`first ${HOSTILE}\n    second ${HOSTILE}`, details)],
    ['of usage', new UsageError(`first ${HOSTILE}`, [`problem ${HOSTILE}`], details)],
    ['that is a defect', Object.assign(new Error(`first ${HOSTILE}`), { cause })],
    ['that is no error at all', HOSTILE],
  ])('%s shows nothing raw', (_, error) => {
    expect(written(() => printError(error, { verbose: true }))).not.toMatch(RAW);
  });

  it('is short, however much the server said', () => {
    const endless = 'x'.repeat(100_000);
    const said = written(() =>
      printError(
        new SetupError(`a\n${`${endless}\n`.repeat(200)}`, {
          code: 'x',
          hint: endless,
          cause: new Error(endless),
        }),
        { verbose: true },
      ),
    );
    expect(said.length).toBeLessThan(100_000);
    expect(said).toContain('… and 142 more lines.');
  });
});

describe('progress', () => {
  it('shows nothing raw of what is changed or said', () => {
    const said: string[] = [];
    const progress = plainProgress([part('hostname')], (line) => said.push(line), true);
    const summary = HOSTILE;
    progress.emit({
      type: 'change',
      step: 'hostname',
      finding: { id: 'hostname.name', level: 'change', summary },
    });
    progress.emit({ type: 'line', step: 'hostname', text: HOSTILE });
    expect(said).toHaveLength(2);
    expect(said.join('')).not.toMatch(RAW);
  });
});

it('JSON holds no control character, and says the same', () => {
  const value = { [HOSTILE]: `${HOSTILE}\u{e0041}` };
  const text = jsonText(value);
  expect(text).not.toMatch(RAW);
  expect(JSON.parse(text)).toEqual(value);
});
