import { type Sh, sh } from '../sh.js';
import { SAY } from './say.js';

/** Lines of a failed program that are shown. */
const SHOWN = 8;

/** Lines that lead to the first complaint. */
const BEFORE = 3;

/** How apt, dpkg and most programs begin a complaint; what comes later is often only its consequence. */
const COMPLAINT = /^(?:E: |Err:\d|dpkg(?:-\w+)?: (?:error|unrecoverable)|(?:fatal|error)\b)/i;

/**
 * Pure. What a failed program said itself, unchanged: its last lines, and before these the first complaint where many lines
 * lie between. A summary of ours is never shown instead: where it is wrong, these lines are right. What it wrote to stderr counts first,
 * and there is always something where it wrote anything.
 */
export function ownWords(stdout: string, stderr: string): string[] {
  const [errors, output] = [own(stderr), own(stdout)];
  return excerpt(errors.length > 0 ? errors : output);
}

const own = (text: string): string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(SAY));

function excerpt(lines: readonly string[]): string[] {
  const end = Math.max(0, lines.length - SHOWN);
  const first = lines.slice(0, end).findIndex((line) => COMPLAINT.test(line));
  const last = lines.slice(end);
  if (first === -1) return last;
  const begin = lines.slice(Math.max(0, first - BEFORE), first + 1);
  return [...begin, ...(first + 1 < end ? ['[…]'] : []), ...last];
}

/** What systemd notes of each start and stop, and certbot below each error: nothing in it says why. */
const ROUTINE =
  '(Scheduled restart job|: Consumed |^(Start|Stopp)(ing|ed) |Start request repeated too quickly|Deactivated successfully|Failed with result|^Saving debug log to |^Ask for help or search for solutions )';

/** For awk: the last of what it collects, each line once; routine, and all that is not `wanted`, only where there is nothing else. */
const LAST = `
NF == 0 {next}
{line = substr($0, 1, 400)}
line ~ routine || (wanted != "" && tolower(line) !~ wanted) {other[++others] = line; next}
{if (line in at) delete said[at[line]]; at[line] = ++lines; said[lines] = line}
function show(from, count,  i, n, kept) {
  for (i = count; i > 0 && n < most; i--) if (i in from) kept[n++] = from[i]
  while (n-- > 0) print kept[n]
  return
}
END {if (lines) show(said, lines); else show(other, others)}`;

/**
 * Shell: the last lines of what it reads. It is never empty where a program said anything.
 * @param wanted regular expression of lower case for the lines of a log that hold complaints, where it has many others
 */
export const lastLinesOf = (wanted: string): Sh =>
  sh`awk -v routine=${ROUTINE} -v wanted=${wanted} -v most=${SHOWN} ${LAST}`;

/** The same of any lines. */
export const lastLines: Sh = lastLinesOf('');
