/** Ctrl-C asks the run to stop between two changes; a second one leaves at once, and the guard on the server does the rest. */
export function onInterrupt(say: (text: string) => void): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const handler = () => {
    if (controller.signal.aborted) process.kill(process.pid, 'SIGKILL');
    controller.abort();
    say('\nStopping after the change under way. Press Ctrl-C again to leave at once.');
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', handler);
      process.off('SIGTERM', handler);
    },
  };
}
