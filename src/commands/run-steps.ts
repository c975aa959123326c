import type { Event } from '../engine/events.js';
import { isInPlace } from '../engine/healthy.js';
import type { Look } from '../engine/look.js';
import { type Run, run, type StepOutcome } from '../engine/run.js';
import type { Step } from '../engine/step.js';
import type { SshHost } from '../host/ssh/ssh.js';
import { loginOf } from '../session/outside.js';
import { FAIL2BAN, spare } from '../steps/fail2ban/not-banned.js';
import { liveProgress, type Progress, plainProgress } from '../ui/progress.js';

export interface Watching {
  /** live: a list that is redrawn. plain: a line for each step. nothing: for a run that has nothing to do. */
  show: 'live' | 'plain' | 'nothing';
  verbose: boolean;
  say(text: string): void;
  /** Everything that happens is added here, but for live lines. */
  events: Event[];
}

/** The pipeline with its progress on the screen. @throws as run() does, after the screen has settled */
export async function runSteps(
  work: Omit<Run, 'steps' | 'emit' | 'entered' | 'host'> & { host: SshHost },
  looks: readonly Look[],
  watching: Watching,
): Promise<StepOutcome[]> {
  const pipeline = looks.map(({ step }) => step);
  const progress = await progressOf(watching, pipeline);
  const emit = (event: Event) => {
    // Live lines are for the moment, and a server may print millions of them.
    if (event.type !== 'line') watching.events.push(event);
    progress.emit(event);
  };
  const { signal } = work;
  signal.addEventListener('abort', progress.stopping, { once: true });
  // A connection after a restart is a login of its own kind: there everything is proved again.
  const entered = work.changedBefore ? undefined : loginOf(work.outside, work.host.accepts);
  const changes = work.changedBefore === true || !!work.unproved?.size || !looks.every(isInPlace);
  try {
    const beforeProofs = changes && (await spare(work.host, work.context.packages.includes(FAIL2BAN)));
    return await run(
      { ...work, ...(beforeProofs ? { beforeProofs } : {}), entered, steps: pipeline, emit },
      looks,
    );
  } finally {
    signal.removeEventListener('abort', progress.stopping);
    await progress.finish();
  }
}

async function progressOf({ show, verbose, say }: Watching, steps: readonly Step[]): Promise<Progress> {
  if (show === 'live') return liveProgress(steps, process.stderr);
  return plainProgress(steps, show === 'plain' ? say : () => undefined, verbose);
}
