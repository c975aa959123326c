/** More lines of one file are not shown unless they are asked for; fewer of one that goes as a whole. */
const MOST = { part: 12, whole: 3 };

/**
 * Pure. A diff without what nobody reads: PEM text is one line, and of the rules of ufw only those in words are left
 * (`### tuple ### allow tcp 22 …`, which ufw keeps above each rule that it makes of it).
 * @param of whether the file only differs, or goes as a whole
 * @param diff lines that begin with a space, + or -
 */
export function condensed(path: string, of: keyof typeof MOST, diff: readonly string[]): string[] {
  const short = isRules(path) ? ruleLines(diff) : withoutPem(diff);
  const more = short.length - MOST[of];
  return more > 1
    ? [...short.slice(0, MOST[of]), `… and ${more} more lines (all of them: --verbose)`]
    : short;
}

const isRules = (path: string): boolean => /^\/etc\/ufw\/(?:user6?|before6?|after6?)\.rules$/.test(path);

function ruleLines(diff: readonly string[]): string[] {
  const rules = diff.flatMap((line) => {
    const [, sign, rule] = /^([+-])### tuple ### (.+)$/.exec(line) ?? [];
    return rule === undefined ? [] : [`${sign}${rule.replace(/ comment=[0-9a-f]+$/, '')}`];
  });
  const changed = diff.filter((line) => /^[+-](?!### tuple ###)/.test(line)).length;
  return rules.length > 0 || changed === 0 ? rules : [`(${changed} lines of rules differ)`];
}

/** Of each PEM block its first line is left, in words; a diff may begin or end in the middle of one (RFC 7468). */
function withoutPem(diff: readonly string[]): string[] {
  if (!diff.some((line) => /^[ +-]-----(?:BEGIN|END) /.test(line))) return [...diff];
  return diff
    .filter((line) => !/^[ +-](?:-----END .*|[A-Za-z0-9+/]{1,76}={0,2})$/.test(line))
    .map((line) =>
      line.replace(
        /^([ +-])-----BEGIN ([A-Z0-9 ]+)-----.*$/,
        (_, sign: string, what: string) => `${sign}(${what.toLowerCase()})`,
      ),
    );
}
