import { clean } from '../engine/events.js';
import { EXIT, SetupError, UsageError } from '../errors.js';
import { wrap } from './preview.js';
import { colour, symbol } from './theme.js';

/**
 * Prints an error for people on stderr: what happened, why, what to do next. A defect of this program shows its stack.
 * @returns the exit code that belongs to it
 */
export function printError(error: unknown, { verbose }: { verbose: boolean }): number {
  const write = (text: string) => process.stderr.write(`${text}\n`);
  if (!(error instanceof SetupError)) {
    write(`${symbol.bad} ${colour.red('This is a bug in broker-setup, not on your server.')}`);
    write(error instanceof Error ? (error.stack ?? error.message) : String(error));
    write(
      'Please report it with the lines above. What was done so far stays; running the same command again is safe.',
    );
    return EXIT.failed;
  }
  write(`${symbol.bad} ${colour.red(message(error.message))}`);
  if (error instanceof UsageError)
    for (const problem of error.problems) write(`  · ${wrap(clean(problem), 4)}`);
  if (error.hint) write(`  ${wrap(error.hint, 2)}`);
  if (verbose && error.cause instanceof Error) write(colour.dim(error.cause.stack ?? error.cause.message));
  return error.exitCode;
}

function message(text: string): string {
  const [first = '', ...rest] = text.split('\n').map(clean);
  return [wrap(first, 2), ...rest].join('\n');
}
