import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './errors.js';

/** Where the parts of this program lie that are loaded when they are needed; their names change with each build. */
const OWN = dirname(fileURLToPath(import.meta.url));

/** Whether a part of this program was not on the disk any more when it was to be loaded, as after an update. */
export function isReplaced(error: unknown, own = OWN): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.startsWith(`Cannot find module '${own}`)
  );
}

/** The error for people. */
export function replaced(cause: Error): SetupError {
  return new SetupError(
    'broker-setup was replaced on this computer while it was running, by an update or a build.',
    {
      code: 'program-replaced',
      hint: 'What was done so far stays. Run the same command again.',
      cause,
    },
  );
}
