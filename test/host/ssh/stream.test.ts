import { describe, expect, it } from 'vitest';
import { type Listeners, receive } from '../../../src/host/ssh/stream.js';

const MARK = 'c0ffee';
const LIMITS = { noise: 1000, output: 2000, line: 10 };

function receiving(more: Partial<Listeners> = {}) {
  const floods: string[] = [];
  const onFlood = (what: string) => floods.push(what);
  const received = receive(MARK, { onFlood, ...more }, LIMITS);
  return { floods, received, push: (text: string) => received.push(Buffer.from(text)) };
}

describe('what is taken of a stream', () => {
  it('ends at its limit before the mark, and is told once', () => {
    const { floods, push, received } = receiving();
    for (let n = 0; n < 100; n += 1) push('x'.repeat(99));
    expect(floods).toEqual(['noise']);
    expect(received.noise()).toHaveLength(990);
    push(`\n${MARK}\nlate`);
    expect(received.started()).toBe(false);
    expect(received.output()).toBe('');
  });

  it('ends at its limit behind the mark, and is told once', () => {
    const seen: string[] = [];
    const { floods, push, received } = receiving({ onLine: (line) => seen.push(line) });
    push(`motd\n${MARK}\nfirst\n`);
    for (let n = 0; n < 100; n += 1) push('y'.repeat(99));
    push('\nlate\n');
    expect(floods).toEqual(['output']);
    expect(received.noise()).toBe('motd\n');
    expect(received.output().length).toBeLessThanOrEqual(LIMITS.output);
    expect(seen).toEqual(['first']);
  });

  it('may be as long as the limit', () => {
    const { floods, push, received } = receiving();
    push(`${'n'.repeat(999)}\n${MARK}\n`);
    push('y'.repeat(2000));
    expect(floods).toEqual([]);
    expect(received.output()).toHaveLength(2000);
  });
});

it('hands on the beginning of a line that is too long, and the next one whole', () => {
  const seen: string[] = [];
  const { push } = receiving({ onLine: (line) => seen.push(line) });
  push(`${MARK}\n0123`);
  push('456789abc');
  push('def\nnext\nabcdefghijklmn\n');
  expect(seen).toEqual(['0123456789', 'next', 'abcdefghij']);
});

it('hands on noise with what came just before, and where that began', () => {
  const seen: [string, number][] = [];
  const { push } = receiving({ onNoise: (recent, from) => seen.push([recent.toString(), from]) });
  push('log in as the');
  push(' user "x"');
  expect(seen).toEqual([
    ['log in as the', 0],
    ['log in as the user "x"', 0],
  ]);
});

it('takes a great many small pieces in little time', { timeout: 5000 }, () => {
  const byte = Buffer.from('x');
  const received = receive(MARK, {
    onNoise: (recent) => /log ?in as/.test(recent.toString()),
    onFlood: () => undefined,
  });
  for (let n = 0; n < 300_000; n += 1) received.push(byte);
  expect(received.noise()).toHaveLength(300_000);
});
