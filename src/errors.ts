/** What the shell learns from the exit code; the source of truth for the README's table. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unchecked: 3, cancelled: 130 } as const;

/** What every error of this program can say besides its message. */
export interface ErrorDetails {
  /** Stable, machine-readable name of the cause, e.g. `host-key-changed`. */
  code: string;
  /** What the person should do next, in one or two sentences. */
  hint?: string;
  /** The original error. */
  cause?: unknown;
}

/** Base of all errors that are meant for people: what happened (message), what to do next (hint). */
export class SetupError extends Error {
  override name = 'SetupError';
  readonly code: string;
  hint: string | undefined;
  /** Exit code of the process when this error ends it. */
  exitCode: number = EXIT.failed;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.hint = details.hint;
  }

  /** The same error, which also says this. */
  adding(sentence: string): this {
    this.hint = this.hint === undefined ? sentence : `${this.hint} ${sentence}`;
    return this;
  }
}

/** Wrong or missing settings, wrong flags: found before anything was touched. */
export class UsageError extends SetupError {
  override name = 'UsageError';
  override exitCode: number = EXIT.usage;

  /** @param problems one sentence each; all of them are shown at once */
  constructor(
    message: string,
    readonly problems: string[] = [],
    details: Partial<ErrorDetails> = {},
  ) {
    super(message, { code: 'usage', ...details });
  }
}

/** Something on the server or in DNS that only a person can put right; nothing was changed. */
export class PersonNeeded extends UsageError {
  override name = 'PersonNeeded';
  override exitCode: number = EXIT.failed;

  constructor(problems: string[]) {
    super('Nothing was changed, because this must be put right first:', problems, { code: 'person-needed' });
  }
}

/** The person said no, or pressed Ctrl-C. */
export class Cancelled extends SetupError {
  override name = 'Cancelled';
  override exitCode: number = EXIT.cancelled;

  constructor(message = 'Cancelled.', details: Partial<ErrorDetails> = {}) {
    super(message, { code: 'cancelled', ...details });
  }
}

/** The connection to the server broke while something was running on it. */
export class ConnectionLost extends SetupError {
  override name = 'ConnectionLost';

  constructor(host: string, cause?: unknown) {
    super(`The connection to ${host} was lost.`, {
      code: 'connection-lost',
      hint: 'What was running on the server may have gone on. Run the same command again: it looks at what is there and does only what is left.',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** The server refused every way to log in that was tried. */
export class LoginRefused extends SetupError {
  override name = 'LoginRefused';

  /** @param offered methods that the server would still have accepted, as it names them (RFC 4252 section 5.1) */
  constructor(
    message: string,
    hint: string,
    readonly offered: readonly string[] = [],
  ) {
    super(message, { code: 'login-refused', hint });
  }
}
