/**
 * The name that was probably meant. Compared whole and by its last part, because people leave the block out
 * (`email` for `certificate.email`). Own code: commander keeps its own version of this to itself.
 * @returns undefined where nothing is near
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.slice(0, 80).toLowerCase().replaceAll('-', '_');
  let best: { name: string; far: number } | undefined;
  for (const name of names) {
    // Half an edit more, so that of two the whole path wins.
    const far = Math.min(share(wanted, name, 0), share(last(wanted), last(name), 0.5));
    if (far < (best?.far ?? FARTHEST)) best = { name, far };
  }
  return best?.name;
}

/** Share of edited letters from which on a guess would only confuse. */
const FARTHEST = 0.5;

const share = (a: string, b: string, more: number) => (distance(a, b) + more) / Math.max(a.length, b.length);
const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);

/** Edits between two words, two letters swapped counting as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, at(before, j - 2) + 1);
      row.push(edits);
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

const at = (row: number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY;
