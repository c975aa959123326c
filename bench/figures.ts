/** One measured figure beside its goal. */
export interface Figure {
  what: string;
  /** As it is shown, with its unit. */
  seen: string;
  goal: string;
  /** Whether it meets the goal; undefined where there is none, as for a figure that only explains another. */
  met?: boolean;
}

/** @throws RangeError for no numbers */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError('There is no median of nothing.');
  return (low + high) / 2;
}

/** Median and spread, in seconds: `0.31 s (0.29 to 0.40, 15 times)`. */
export function seconds(milliseconds: readonly number[]): string {
  const inSeconds = (value: number) => (value / 1000).toFixed(2);
  const [low, high] = [Math.min(...milliseconds), Math.max(...milliseconds)];
  return `${inSeconds(median(milliseconds))} s (${inSeconds(low)} to ${inSeconds(high)}, ${milliseconds.length} times)`;
}

/** Pure. The figures as a table of text; those that miss their goal are marked and counted below. */
export function table(figures: readonly Figure[]): string {
  const width = (pick: (figure: Figure) => string) =>
    Math.max(...figures.map((figure) => pick(figure).length));
  const [what, seen] = [width((figure) => figure.what), width((figure) => figure.seen)];
  const lines = figures.map((figure) => {
    const mark = figure.met === undefined ? ' ' : figure.met ? '✔' : '✖';
    return `${mark} ${figure.what.padEnd(what)}  ${figure.seen.padEnd(seen)}  ${figure.goal}`.trimEnd();
  });
  const missed = figures.filter(({ met }) => met === false).length;
  return [...lines, '', missed === 0 ? 'Every goal is met.' : `${missed} of the goals missed (✖).`].join(
    '\n',
  );
}
