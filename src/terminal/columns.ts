interface Screen {
  stdout: { isTTY?: boolean; columns?: number };
  stderr: { isTTY?: boolean; columns?: number };
}

/** Longer lines are hard to read; shorter ones hold no sentence. */
const MOST = 120;
const LEAST = 40;

/** Columns for text on the screen: the terminal's within sane limits, 80 where one of the streams is a file or a pipe. */
export function columns({ stdout, stderr }: Screen = process): number {
  if (!stdout.isTTY || !stderr.isTTY) return 80;
  // A terminal without a size reports 0.
  return Math.min(MOST, Math.max(LEAST, stderr.columns || 80));
}
