import { Listr, ListrLogger, ProcessOutput, type ListrTaskWrapper } from 'listr2';
import type { Emit, Event } from '../engine/events.js';
import type { Step } from '../engine/step.js';
import { colour, symbol } from './theme.js';

/** A reader of a run's events; `finish` waits until the screen is settled. */
export interface Progress {
  emit: Emit;
  finish(): Promise<void>;
}

type Task = ListrTaskWrapper<unknown, never, never>;

/**
 * The live list on a terminal. listr2 is only a view here: each task waits for the events of its step, and the signal
 * handlers of listr2, which would end the process, stay off.
 */
export function liveProgress(steps: readonly Step[], stream: NodeJS.WriteStream): Progress {
  const ends = new Map(steps.map((step) => [step.id, deferred<void>()]));
  const shown = new Map<string, Task>();
  const list = new Listr<unknown, 'default', 'silent'>(
    steps.map((step) => ({
      title: step.title,
      task: (_, task) => {
        shown.set(step.id, task as unknown as Task);
        return ends.get(step.id)?.promise;
      },
    })),
    {
      renderer: 'default',
      registerSignalListeners: false,
      exitOnError: true,
      rendererOptions: {
        showErrorMessage: false,
        collapseErrors: false,
        removeEmptyLines: true,
        logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream) }),
      },
    },
  );
  const drawn = list.run().catch(() => undefined);
  return {
    emit: (event) => {
      const task = shown.get('step' in event ? event.step : '');
      if (!task) return;
      const line = liveLine(event);
      if (line !== undefined) task.output = line;
      if (event.type !== 'step-end') return;
      task.title = `${task.title ?? ''} ${colour.dim(ending(event))}`;
      const end = ends.get(event.step);
      if (event.state === 'failed') end?.reject(new Error('failed'));
      else end?.resolve();
    },
    finish: async () => {
      for (const end of ends.values()) end.reject(new Error('not reached'));
      await drawn;
    },
  };
}

/** One line per step, for pipes and log files. */
export function plainProgress(steps: readonly Step[], write: (line: string) => void, verbose: boolean): Progress {
  const titles = new Map(steps.map((step) => [step.id, step.title]));
  return {
    emit: (event) => {
      if (event.type === 'step-end') {
        const mark = event.state === 'failed' ? symbol.bad : symbol.ok;
        write(`${mark} ${titles.get(event.step) ?? event.step} ${ending(event)}`);
      } else if (verbose) {
        const line = liveLine(event);
        if (line !== undefined) write(`    ${line}`);
      }
    },
    finish: () => Promise.resolve(),
  };
}

function liveLine(event: Event): string | undefined {
  if (event.type === 'line') return event.text.slice(0, 72) || undefined;
  if (event.type === 'change') return event.finding.summary.slice(0, 72);
  if (event.type === 'proof') return `${proofSymbol(event.proved.ok)} ${event.title}`.slice(0, 72);
  return undefined;
}

export function proofSymbol(ok: boolean | undefined): string {
  return ok === undefined ? symbol.unknown : ok ? symbol.ok : symbol.bad;
}

function ending({ state, seconds }: Extract<Event, { type: 'step-end' }>): string {
  const word = { 'in-place': 'in place', changed: 'done', failed: 'failed' }[state];
  return `(${word}, ${seconds.toFixed(1)} s)`;
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // An end that nobody waits for, because the run stopped earlier, is no unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
