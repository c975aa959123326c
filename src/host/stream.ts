import { afterMark } from './bootstrap.js';

/** One stream of a job as it arrives: noise until the mark, then output. */
export interface Received {
  push(chunk: Buffer): void;
  /** Whether our shell has said that it runs. */
  started(): boolean;
  /** All that came before the mark; all there is while the mark is missing. */
  noise(): string;
  output(): string;
}

/**
 * Collects bytes, not text: a character may be cut in two by a packet.
 * @param onLine called with each complete line of the output as it arrives
 * @param onNoise called with all noise so far, each time some arrives before the mark
 */
export function receive(
  mark: string,
  onLine: ((line: string) => void) | undefined,
  onNoise?: (noise: string) => void,
): Received {
  let noise: Buffer = Buffer.alloc(0);
  let found = false;
  const output: Buffer[] = [];
  let rest: Buffer[] = [];

  const take = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    output.push(chunk);
    if (onLine === undefined) return;
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8');
      rest = [];
      from = end + 1;
      onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  };

  return {
    push(chunk) {
      if (found) {
        take(chunk);
        return;
      }
      noise = Buffer.concat([noise, chunk]);
      const cut = afterMark(noise, mark);
      if (cut === undefined) {
        onNoise?.(noise.toString('utf8'));
        return;
      }
      found = true;
      noise = cut.noise;
      take(cut.output);
    },
    started: () => found,
    noise: () => noise.toString('utf8'),
    output: () => Buffer.concat(output).toString('utf8'),
  };
}
