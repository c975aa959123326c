const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C and its kin as an AbortSignal. */
export interface Interrupt {
  signal: AbortSignal;
  /** Gives the signals back to the process. */
  stop(): void;
}

/**
 * Ctrl-C asks the run to stop between two changes.
 * @param again what a second Ctrl-C does: leave at once (the guard on the server does the rest), or wait, because this
 *   process has to clean up what nobody else would
 */
export function onInterrupt(say: (text: string) => void, again: 'leave' | 'wait' = 'leave'): Interrupt {
  const controller = new AbortController();
  const handler = () => {
    if (controller.signal.aborted) {
      if (again === 'leave') process.kill(process.pid, 'SIGKILL');
      say('Still cleaning up ...');
      return;
    }
    controller.abort();
    say(
      again === 'leave'
        ? '\nStopping after the change under way. Press Ctrl-C again to leave at once.'
        : '\nStopping and cleaning up ...',
    );
  };
  for (const name of SIGNALS) process.on(name, handler);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, handler);
    },
  };
}
