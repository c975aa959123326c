import { inspect } from 'node:util';
import { quote } from 'shlex';

/** What is shown in place of a secret. */
export const BLANK = '<secret>';

/** A value that may run on the server but must never be shown: not on screen, in a log, in JSON or in an error. */
export class Secret {
  readonly #value: string;
  readonly #shown: string;

  /** @param shown stands in its place where it is shown: a longer text with only the secret part blanked */
  constructor(value: string, shown = BLANK) {
    this.#value = value;
    this.#shown = shown;
  }

  /** Whether all of it is secret. */
  get isBlank(): boolean {
    return this.#shown === BLANK;
  }

  /** The value itself, for the one place that hands it on. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#shown;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** Pure. Text in which none of these can be read, though a program has printed one. */
export function blanked(text: string, secrets: readonly (Secret | undefined)[]): string {
  const values = secrets.flatMap((secret) => secret?.reveal() || []);
  return values.reduce((rest, value) => rest.replaceAll(value, BLANK), text);
}

/** A piece of POSIX shell: `run` is what the server gets, `show` is the same with secrets blanked. */
export interface Sh {
  readonly run: string;
  readonly show: string;
}

export type ShValue = string | number | Secret | Sh | readonly (string | number)[];

/**
 * Shell text in which every interpolated value is one quoted word (a list: several words), and another Sh is spliced as it is.
 * @throws TypeError on a NUL character, which no shell word can hold
 */
export function sh(strings: TemplateStringsArray, ...values: ShValue[]): Sh {
  // An escape that JavaScript does not know makes its piece undefined, and the script would be silently empty there.
  if (strings.some((piece) => piece === undefined)) throw new TypeError('A script holds an unknown escape.');
  let run = strings[0] ?? '';
  let show = run;
  for (const [index, value] of values.entries()) {
    const piece = render(value);
    const rest = strings[index + 1] ?? '';
    run += piece.run + rest;
    show += piece.show + rest;
  }
  return { run, show };
}

/** Joins pieces of shell, one a line. */
export function lines(...pieces: Sh[]): Sh {
  return { run: pieces.map((p) => p.run).join('\n'), show: pieces.map((p) => p.show).join('\n') };
}

function render(value: ShValue): Sh {
  if (value instanceof Secret) return { run: word(value.reveal()), show: value.toString() };
  if (typeof value === 'string' || typeof value === 'number') return verbatim(word(String(value)));
  if ('run' in value) return value;
  return verbatim(value.map((item) => word(String(item))).join(' '));
}

/** A whole script as one quoted word, with its secrets still blanked where it is shown. */
export function asWord(script: Sh): Sh {
  return { run: word(script.run), show: word(script.show) };
}

/** Text of our own that goes into shell as it is, without quotes; never for a value from outside. */
export function verbatim(text: string): Sh {
  return { run: text, show: text };
}

function word(text: string): string {
  if (text.includes('\0')) throw new TypeError('A shell word cannot hold a NUL character.');
  return quote(text);
}
