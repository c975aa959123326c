import { Cancelled, EXIT, SetupError, UsageError } from '../errors.js';

/** Whether an error means that the server could not be looked at, rather than that something is wrong with what was asked. */
export function isUnchecked(error: unknown): error is SetupError {
  return error instanceof SetupError && !(error instanceof UsageError) && !(error instanceof Cancelled);
}

/** The same error, with the exit code of what could not be checked. */
export function asUnchecked(error: unknown): unknown {
  if (isUnchecked(error)) error.exitCode = EXIT.unchecked;
  return error;
}

/** Does `work`; where the server could not be looked at, the exit code says so. */
export async function unchecked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asUnchecked(error);
  }
}
