import { writeSync } from 'node:fs';
import { isAtWork } from '../engine/at-work.js';
import { EXIT } from '../errors.js';
import { prose, wrap } from '../terminal/wrap.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C and its kin as an AbortSignal. */
export interface Interrupt {
  signal: AbortSignal;
  /** Gives the signals back to the process. */
  stop(): void;
}

/** The cursor is shown again, as a list that is being drawn hides it (DECTCEM, xterm's ctlseqs). */
const SHOW_CURSOR = '\u001b[?25h';

/** At once: what is under way on the server is done there, and an unproved change to the way in is taken back there. */
function leave(): never {
  const text = wrap(
    `Left. A change that is under way on the server is finished there; one to the way in is taken back within two minutes unless it was proved.`,
    0,
  );
  // Past the list, which holds back what is written while it is drawn.
  writeSync(2, `${process.stderr.isTTY ? `\n${SHOW_CURSOR}` : ''}${text}\n`);
  process.exit(EXIT.cancelled);
}

/** Time to end in order after a signal, in milliseconds: two seconds after it the process must be gone. */
const GRACE_MS = 1500;

/** Leaves once GRACE_MS have passed in which there was no work to wait for. */
function afterGrace(works: () => boolean): NodeJS.Timeout {
  let since = performance.now();
  return setInterval(() => {
    if (works()) since = performance.now();
    else if (performance.now() - since >= GRACE_MS) leave();
  }, GRACE_MS / 10).unref();
}

/**
 * Ctrl-C asks the run to stop between two changes. Where it waits for anything but a change, or where it was not a person who sent
 * the signal, the process leaves after GRACE_MS whatever it waits for.
 * @param again what a second Ctrl-C does: leave at once (the guard on the server does the rest), or wait, because this
 *   process has to clean up what nobody else would
 */
export function onInterrupt(say: (text: string) => void, again: 'leave' | 'wait' = 'leave'): Interrupt {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const handler = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      if (again === 'leave') leave();
      say(prose('Still cleaning up ...'));
      return;
    }
    controller.abort();
    if (again === 'leave') timer = afterGrace(() => name === 'SIGINT' && isAtWork());
    if (again === 'wait') say(prose('\nStopping and cleaning up ...'));
    else if (name === 'SIGINT' && isAtWork())
      say(prose('\nStopping after the change under way. Press Ctrl-C again to leave at once.'));
    else say('\nStopping ...');
  };
  for (const name of SIGNALS) process.on(name, handler);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, handler);
      clearInterval(timer);
      // What was waited for may keep the process alive for as long as its own limit.
      if (timer) setTimeout(() => process.exit(), GRACE_MS / 3).unref();
    },
  };
}
