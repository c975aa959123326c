import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/engine/events.js';
import { standing } from '../../src/ui/standing.js';

const steps = ['one', 'two', 'three', 'four'].map((id) => ({ id, title: `Do ${id}` }));
const start = (step: string): Event => ({ type: 'step-start', step, title: step });
const end = (step: string, state: 'in-place' | 'changed' | 'failed'): Event => ({
  type: 'step-end',
  step,
  state,
  seconds: 1,
});

describe('a run that ended before its time', () => {
  it('says what is done and what is not', () => {
    const events = [
      start('one'),
      end('one', 'in-place'),
      start('two'),
      end('two', 'changed'),
      start('three'),
      end('three', 'failed'),
    ];
    expect(standing(steps, events)).toEqual(['  Done:     Do one, Do two', '  Not done: Do three, Do four']);
  });

  it('says only what is so', () => {
    expect(standing(steps, [start('one')])).toEqual(['  Not done: Do one, Do two, Do three, Do four']);
    expect(standing(steps.slice(0, 1), [start('one'), end('one', 'changed')])).toEqual([
      '  Done:     Do one',
    ]);
    expect(standing(steps, [])).toEqual([]);
  });

  it('takes the last word of a step that was made again after a restart', () => {
    const events = [start('one'), end('one', 'changed'), start('one'), end('one', 'failed')];
    expect(standing(steps.slice(0, 1), events)).toEqual(['  Not done: Do one']);
  });

  it('fits a terminal', () => {
    const many = Array.from({ length: 11 }, (_, n) => ({
      id: `${n}`,
      title: `Do the step with the number ${n}`,
    }));
    for (const line of standing(many, [start('0')])
      .join('\n')
      .split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);
  });
});
