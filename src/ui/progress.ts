import type { DefaultRenderer, ListrTaskWrapper, SilentRenderer } from 'listr2';
import { deferred } from '../deferred.js';
import type { Emit, Event } from '../engine/events.js';
import type { Step } from '../engine/step.js';
import { plain } from '../sanitize.js';
import { columns } from '../terminal/columns.js';
import { duration } from '../terminal/duration.js';
import { colour, symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';

/** A reader of a run's events; `finish` waits until the screen is settled. */
export interface Progress {
  emit: Emit;
  /** The person has asked to stop. */
  stopping(): void;
  finish(): Promise<void>;
}

type Row = Pick<ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SilentRenderer>, 'title' | 'output'>;
/** Before a step that was stopped on request, or not reached. */
const STOPPED = '-';

type StepEnd = Extract<Event, { type: 'step-end' }>;

/**
 * The live list on a terminal. listr2 is only a view here: each task waits for the events of its step, and the signal
 * handlers of listr2, which would end the process, stay off.
 */
export async function liveProgress(steps: readonly Step[], stream: NodeJS.WriteStream): Promise<Progress> {
  // Loaded only here: a run that finds nothing to do draws no list.
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  // A step that has nothing to do may end before its row is drawn, so rows wait for ends and not ends for rows.
  const ends = new Map(steps.map((step) => [step.id, deferred<StepEnd>()]));
  const rows = new Map<string, Row>();
  let current: { step: string; title: string; since: number } | undefined;
  let failed = false;
  let note = '';
  const begun = performance.now();
  const showTime = () => {
    const row = current && rows.get(current.step);
    if (!row || !current) return;
    const now = performance.now();
    const times = running((now - current.since) / 1000, (now - begun) / 1000);
    row.title = `${current.title} ${colour.dim(`(${times}${note})`)}`;
  };
  const clock = setInterval(showTime, 1000);
  const list = new Listr<unknown, 'default', 'silent'>(
    steps.map((step) => ({
      title: step.title,
      task: async (_, task) => {
        rows.set(step.id, task);
        const end = await ends.get(step.id)?.promise;
        if (!end) return;
        task.title = `${step.title} ${colour.dim(ending(end, step))}`;
        if (end.state === 'failed' || end.state === 'stopped') throw new Error(end.state);
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
        // A step that was not reached, or stopped on request, has not failed.
        icon: { FAILED: () => (failed ? symbol.bad : STOPPED) },
        color: { FAILED: (text = '') => text },
        logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream) }),
      },
    },
  );
  const drawn = list.run().catch(() => undefined);
  return {
    emit: (event) => {
      if (event.type === 'step-start') current = { ...event, since: performance.now() };
      if (event.type === 'step-end') {
        current = undefined;
        failed ||= event.state === 'failed';
        ends.get(event.step)?.resolve(event);
      }
      const line = liveLine(event);
      const row = rows.get(event.step);
      if (row && line !== undefined) row.output = line;
    },
    // In the list itself: whatever is written beside it shows up only once the list has ended.
    stopping: () => {
      note = '; stopping; Ctrl-C again: at once';
      showTime();
    },
    finish: async () => {
      clearInterval(clock);
      for (const end of ends.values()) end.reject(new Error('not reached'));
      await drawn;
    },
  };
}

/** One line per step, for pipes and log files. */
export function plainProgress(
  steps: readonly Step[],
  write: (line: string) => void,
  verbose: boolean,
): Progress {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return {
    emit: (event) => {
      if (event.type === 'step-end') {
        const mark = { failed: symbol.bad, stopped: STOPPED, changed: symbol.ok, 'in-place': symbol.ok }[
          event.state
        ];
        const step = byId.get(event.step);
        write(`${mark} ${step?.title ?? event.step} ${ending(event, step)}`);
      } else if (verbose || event.type === 'wait') {
        const line = liveLine(event);
        if (line !== undefined) write(`    ${event.type === 'wait' ? wrap(line, 4) : line}`);
      }
    },
    stopping: () => undefined,
    finish: () => Promise.resolve(),
  };
}

function liveLine(event: Event): string | undefined {
  // Of apt's “Get:1 http://mirror/debian bookworm …” the address takes the room of what is fetched.
  if (event.type === 'line') return cut(event.text.replace(/ https?:\/\/\S+/, '')) || undefined;
  if (event.type === 'wait') return event.text;
  if (event.type === 'change') return cut(event.finding.summary);
  if (event.type === 'proof') return `${proofSymbol(event.proved.ok)} ${cut(event.title)}`;
  return undefined;
}

/** Escapes take room that is not seen; more than these characters are not looked at. */
const LONGEST = 1000;

/** One row of the screen, indented; listr2 draws it by itself, so it is made harmless here. */
function cut(text: string): string {
  const shown = plain(text.slice(0, LONGEST));
  const most = columns() - 6;
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}

/** The mark of a proof that holds, fails, or could not be made (undefined). */
export function proofSymbol(ok: boolean | undefined): string {
  return ok === undefined ? symbol.unknown : ok ? symbol.ok : symbol.bad;
}

function ending({ state, seconds }: StepEnd, step: Pick<Step, 'unchanged'> = {}): string {
  const word = {
    'in-place': step.unchanged ?? 'in place',
    changed: 'done',
    failed: 'failed',
    stopped: 'stopped',
  }[state];
  return `(${word}, ${seconds.toFixed(1)} s)`;
}

/** Pure. How long the running step and the whole run have taken, in seconds. */
function running(step: number, all: number): string {
  const total = all - step < 1 ? '' : `, ${duration(Math.floor(all))} in all`;
  return `${Math.floor(step)} s${total}`;
}
