/** A breakage, as far as it decides which others may be made with it. */
export interface Parted {
  /** Ids of what is found. */
  found: readonly string[];
  /** Parts of the server that it touches, besides those in which it is found. */
  touches?: readonly string[];
  /** It goes with no other one. */
  alone?: true;
}

/** How many breakages one run of doctor is to find. */
const GROUP = 8;

/** Steps whose findings are independent of each other; what is not declares it. */
const MANY_PARTS = ['conf-edits'];

/** Pure. The parts of the server that a breakage takes up: each step in which it is found, and what it declares. */
export function partsOf({ found, touches = [] }: Parted): ReadonlySet<string> {
  const parts = found.map((id) => {
    const step = id.split('.')[0] ?? id;
    return MANY_PARTS.includes(step) ? id : step;
  });
  return new Set([...parts, ...touches]);
}

/**
 * Pure. Puts breakages that are independent of each other into groups: no two of one group touch the same part of the
 * server. Those that have the most rivals are placed first, each in the first group that has room.
 */
export function groupsOf<T extends Parted>(all: readonly T[], size = GROUP): T[][] {
  const every = all.flatMap((one) => [...partsOf(one)]);
  const rivals = (one: T) =>
    Math.max(...[...partsOf(one)].map((part) => every.filter((other) => other === part).length));
  const groups: T[][] = [];
  for (const one of all.toSorted((first, second) => rivals(second) - rivals(first))) {
    const mine = partsOf(one);
    const apart = (other: T) => !other.alone && ![...partsOf(other)].some((part) => mine.has(part));
    const room = groups.find((members) => members.length < size && members.every(apart));
    if (one.alone || room === undefined) groups.push([one]);
    else room.push(one);
  }
  return groups;
}
