/** Columns of distro-info-data, the one that reaches furthest first; paid support is left out. */
const ENDS = ['eol-lts', 'eol-server', 'eol'];

/**
 * Pure. The last day of security fixes for a release: the server's own package distro-info-data keeps the table, so none is
 * kept here. Its LTS team cares for an old Debian after its security team (wiki.debian.org/LTS).
 * @param columns the head of debian.csv or ubuntu.csv
 * @param row the line of the release
 */
export function endOfSupport(columns: string | undefined, row: string | undefined): string | undefined {
  if (!columns || !row) return undefined;
  const names = columns.split(',');
  const values = row.split(',');
  const days = ENDS.map((name) => values[names.indexOf(name)] ?? '');
  return days.find((day) => /^\d{4}-\d{2}-\d{2}$/.test(day));
}
