import { EXIT, SetupError } from '../errors.js';
import type { Fingerprint } from '../fingerprint.js';
import { asUnchecked, isUnchecked } from '../session/unchecked.js';
import { isSame, type Sighting, whatDiffers } from '../ui/fingerprint-lines.js';
import type { Choice } from './fingerprint-choice.js';

/** What came of looking at a server of one's own; undefined where that was not to be looked at. */
export type Look = PromiseSettledResult<Fingerprint | undefined>;

/** What there is to say, and how to end. */
export interface Outcome extends Pick<Sighting, 'served' | 'disk'> {
  /** What is said beside the value. */
  complaint: SetupError | undefined;
  exitCode: number;
}

/**
 * Pure. From both looks to the exit code: failed where the certificates differ, unchecked where the disk could not be read
 * although a comparison was asked for. A person's wish to stop and a defect end the command as they are.
 * @throws SetupError with the exit code unchecked where there is nothing to print: also where only the disk could be read,
 *   unless it alone was asked for, because devices do not see it
 */
export function outcome(served: Look, disk: Look, from: Choice['from']): Outcome {
  if (served.status === 'rejected')
    return uncheckable(from === 'both' ? lacking(served.reason, disk) : served.reason);
  if (disk.status === 'fulfilled') {
    const seen = { served: served.value, disk: disk.value };
    return isSame(seen) === false
      ? { ...seen, complaint: whatDiffers(seen), exitCode: EXIT.failed }
      : { ...seen, complaint: undefined, exitCode: EXIT.ok };
  }
  if (from !== 'both' || !isUnchecked(disk.reason)) return uncheckable(disk.reason);
  return { served: served.value, disk: undefined, complaint: unread(disk.reason), exitCode: EXIT.unchecked };
}

/** @throws the error, with the exit code that says that something could not be looked at */
export function uncheckable(error: unknown): never {
  throw asUnchecked(error);
}

function lacking(served: unknown, disk: Look): unknown {
  if (!isUnchecked(served)) return served;
  const { message, code, hint = '', cause } = served;
  if (disk.status === 'fulfilled') {
    const other = "The certificate on the server's disk could be read: --from disk prints it.";
    return new SetupError(message, { code, hint: `${hint} ${other}`.trim(), cause });
  }
  if (!isUnchecked(disk.reason)) return disk.reason;
  return new SetupError(`${message} Nor could the server's disk be read: ${disk.reason.message}`, {
    code,
    hint: disk.reason.hint ?? hint,
    cause,
  });
}

function unread({ message, code, hint }: SetupError): SetupError {
  return new SetupError(
    `Not compared with the certificate on the server's disk (--from served leaves it out): ${message}`,
    { code, ...(hint === undefined ? {} : { hint }) },
  );
}
