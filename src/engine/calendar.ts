/** Parts of a date in a calendar expression as systemd normalises it, systemd.time(7): `Mon,Thu *-*-01..07 00:00:00`. */
const EXPRESSION = /^(?:([A-Z][A-Za-z.,]*) )?([^\s-]+)-([^\s-]+)-(\S+) /;

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Pure. The longest pause that a timer with this calendar expression makes, in days, at most a day too long; Infinity for one that
 * is bound to certain years or cannot be read.
 */
export function longestPause(expression: string): number {
  const [, weekdays, year, month = '', day = ''] = EXPRESSION.exec(expression) ?? [];
  if (year !== '*' || day.includes('~')) return Number.POSITIVE_INFINITY;
  const days = day === '*' ? 1 : pause(day, 31);
  const week = weekdays === undefined ? 1 : pause(asNumbers(weekdays), 7);
  // Both must fit on the same day.
  const within = days > 1 && week > 1 ? days * week : Math.max(days, week);
  return month === '*' ? within : pause(month, 12) * 31 + within;
}

const asNumbers = (weekdays: string): string =>
  weekdays.replaceAll(/[A-Z][a-z]+/g, (name) => String(WEEKDAYS.indexOf(name.slice(0, 3)) + 1));

/** The longest pause between the numbers of `1..7`, `01/10` or `1,15`, which come round after `size`. */
function pause(list: string, size: number): number {
  const fits = new Set(list.split(',').flatMap((item) => numbers(item, size)));
  const sorted = [...fits].sort((one, other) => one - other);
  const [first] = sorted;
  if (first === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(...sorted.map((at, index) => (sorted[index + 1] ?? first + size) - at));
}

function numbers(item: string, size: number): number[] {
  const [, from = '', to, step] = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === '') return [];
  const last = Number(to ?? (step === undefined ? from : size));
  const by = Math.max(1, Number(step ?? 1));
  return Array.from({ length: size + 1 }, (_, index) => index).filter(
    (at) => at >= Number(from) && at <= last && (at - Number(from)) % by === 0,
  );
}
