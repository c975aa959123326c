import type { Event } from '../engine/events.js';
import type { Step } from '../engine/step.js';
import { wrap } from '../terminal/wrap.js';

/** Pure. What is done and what is not, of a run that ended before its time; nothing where it had not begun. */
export function standing(steps: readonly Pick<Step, 'id' | 'title'>[], events: readonly Event[]): string[] {
  const ends = new Map(
    events.flatMap((event) => (event.type === 'step-end' ? [[event.step, event.state]] : [])),
  );
  const begun = events.some(({ type }) => type === 'step-start');
  if (!begun) return [];
  const titles = (which: (state: string | undefined) => boolean): string[] =>
    steps.filter(({ id }) => which(ends.get(id))).map(({ title }) => title);
  const line = (name: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`  ${name} ${wrap(names.join(', '), 12)}`];
  return [
    ...line(
      'Done:    ',
      titles((state) => state === 'changed' || state === 'in-place'),
    ),
    ...line(
      'Not done:',
      titles((state) => state !== 'changed' && state !== 'in-place'),
    ),
  ];
}
