import { afterMark } from './bootstrap.js';
import { bytes } from './bytes.js';

/** How much is taken of one stream of one job, in bytes: some times what is seen on real servers. */
export interface Limits {
  /** What a login shell says before our own shell runs: a greeting. */
  noise: number;
  /** What a script prints: all probes, or apt on a large upgrade. */
  output: number;
  /** A line that is handed on while it arrives; what is longer is cut. */
  line: number;
}

export const LIMITS: Limits = { noise: 1_000_000, output: 64_000_000, line: 65_536 };

/** How far back what came last is handed on: a sentence of a server may be cut in two by a packet. */
const BACK = 1024;

export interface Listeners {
  /** Each complete line of the output as it arrives. */
  onLine?: ((line: string) => void) | undefined;
  /**
   * What came last before the mark, with a piece of what came before it.
   * @param from where in the noise it begins
   */
  onNoise?: (recent: Buffer, from: number) => void;
  /** Once, where more came than is taken; what comes then is dropped. */
  onFlood(what: 'noise' | 'output'): void;
}

/** One stream of a job as it arrives: noise until the mark, then output. */
export interface Received {
  push(chunk: Buffer): void;
  /** Whether our shell has said that it runs. */
  started(): boolean;
  /** All that came before the mark; all there is while the mark is missing. */
  noise(): string;
  output(): string;
}

/** Collects bytes, not text: a character may be cut in two by a packet. */
export function receive(mark: string, { onLine, onNoise, onFlood }: Listeners, limits = LIMITS): Received {
  const noise = bytes();
  const output = bytes();
  let flooded = false;
  /** How much of the noise stands before the mark; undefined until that was found. */
  let before: number | undefined;
  const lines = onLine === undefined ? undefined : inLines(onLine, limits.line);

  const flood = (what: 'noise' | 'output'): void => {
    flooded = true;
    onFlood(what);
  };
  const take = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    if (output.size() + chunk.length > limits.output) {
      flood('output');
      return;
    }
    output.add(chunk);
    lines?.(chunk);
  };
  const search = (chunk: Buffer): void => {
    const from = Math.max(0, noise.size() - BACK);
    const recent = Buffer.concat([noise.all().subarray(from), chunk]);
    const cut = afterMark(recent, mark);
    if (cut !== undefined) {
      noise.add(chunk);
      before = from + cut.noise.length;
      take(cut.output);
    } else if (noise.size() + chunk.length > limits.noise) flood('noise');
    else {
      noise.add(chunk);
      onNoise?.(recent, from);
    }
  };

  return {
    push(chunk) {
      if (flooded) return;
      if (before !== undefined) take(chunk);
      else search(chunk);
    },
    started: () => before !== undefined,
    noise: () => noise.all().subarray(0, before).toString('utf8'),
    output: () => output.all().toString('utf8'),
  };
}

/** @returns takes pieces, and hands on the lines in them */
function inLines(onLine: (line: string) => void, longest: number): (chunk: Buffer) => void {
  let rest: Buffer[] = [];
  let length = 0;
  const keep = (piece: Buffer): void => {
    const room = longest - length;
    if (room <= 0 || piece.length === 0) return;
    // A copy: a view would keep the whole packet.
    rest.push(Buffer.from(piece.subarray(0, room)));
    length += Math.min(room, piece.length);
  };
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, end));
      const line = Buffer.concat(rest).toString('utf8');
      rest = [];
      length = 0;
      from = end + 1;
      onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    keep(chunk.subarray(from));
  };
}
