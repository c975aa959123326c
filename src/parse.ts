import { type Command, CommanderError } from 'commander';
import { EXIT } from './errors.js';
import { isReplaced, replaced } from './replaced.js';
import { show } from './terminal/screen.js';
import { prose } from './terminal/wrap.js';

/** Runs what the command line says, and says for people or programs what went wrong; sets the exit code, throws nothing. */
export async function parse(program: Command): Promise<void> {
  // A reader that has seen enough, such as head(1), closes the pipe; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

  try {
    await program.parseAsync();
  } catch (error) {
    // commander has already said what is wrong; help and version are no errors.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else {
      const { printError } = await import('./ui/error.js').catch(sayReplaced(error));
      if (process.argv.includes('--json')) {
        const { failureJson } = await import('./ui/result-json.js');
        show(failureJson(error));
      }
      process.exitCode = printError(error, {
        verbose: process.argv.includes('--verbose') || process.argv.includes('-v'),
      });
    }
  }
}

/** The part that prints errors may be gone as well. */
const sayReplaced =
  (error: unknown) =>
  (cause: unknown): { printError: () => number } => {
    const known = [error, cause].find((one) => isReplaced(one));
    if (known === undefined) throw cause;
    const { message, hint } = replaced(known);
    show(`${prose(`${message}\n${hint ?? ''}`)}\n`, process.stderr);
    return { printError: () => EXIT.failed };
  };
