import { EXIT, SetupError, UsageError } from '../errors.js';
import { isReplaced, replaced } from '../replaced.js';
import { clean } from '../sanitize.js';
import { say } from '../terminal/screen.js';
import { colour, symbol } from '../terminal/theme.js';
import { prose, wrap } from '../terminal/wrap.js';

/** What a server said may be part of an error, and be of any length. */
const MOST_LINES = 60;
const LONGEST_LINE = 1000;

/**
 * Prints an error for people on stderr: what happened, why, what to do next. A defect of this program shows its stack.
 * @returns the exit code that belongs to it
 */
export function printError(error: unknown, { verbose }: { verbose: boolean }): number {
  if (isReplaced(error)) return printError(replaced(error), { verbose });
  if (!(error instanceof SetupError)) {
    say(`${symbol.bad} ${colour.red(wrap('This is a bug in broker-setup, not on your server.', 2))}`);
    say(linesOf(error instanceof Error ? (error.stack ?? error.message) : String(error)).join('\n'));
    say(
      prose(
        'Please report it with the lines above. What was done so far stays; running the same command again is safe.',
      ),
    );
    return EXIT.failed;
  }
  say(`${symbol.bad} ${colour.red(message(error.message))}`);
  if (error instanceof UsageError)
    for (const problem of error.problems) say(`  · ${wrap(short(problem), 4)}`);
  if (error.hint) say(`  ${wrap(short(error.hint), 2)}`);
  if (verbose && error.cause instanceof Error)
    say(colour.dim(linesOf(error.cause.stack ?? error.cause.message).join('\n')));
  return error.exitCode;
}

function message(text: string): string {
  const [first = '', ...rest] = linesOf(text);
  return [wrap(first, 2), ...rest].join('\n');
}

function linesOf(text: string): string[] {
  const all = text.split('\n');
  const more = all.length - MOST_LINES;
  return [...all.slice(0, MOST_LINES).map(short), ...(more > 0 ? [`… and ${more} more lines.`] : [])];
}

function short(line: string): string {
  // Cut before it is cleaned: it may be megabytes.
  const text = clean(line.slice(0, LONGEST_LINE));
  return line.length > LONGEST_LINE ? `${text}…` : text;
}
