import type { SeenFile } from '../../engine/facts/files.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, verbatim } from '../../sh.js';

const MAIN = '/etc/sudoers';
const FOLDER = '/etc/sudoers.d';

/** sudo's own file and those that distributions include, for Needs. */
export const SUDOERS_FILES: Sh = verbatim(`${MAIN} ${FOLDER}/*`);

/** Whoever the rules are for, by the names that a rule may have for it. */
interface Subject {
  name: string;
  uid: string;
  groups: readonly string[];
}

/** A logical line of a file of sudo. */
interface Rule {
  file: string;
  line: number;
  text: string;
}

/**
 * Pure. The rule because of which sudo asks for a password in spite of ours: of several that match, the last one decides
 * (sudoers(5), "User specification"). What this cannot decide, such as a rule for another host or an alias, is left out.
 * @param files files of the server by path, others among them
 * @param ours the file with our rule, whether it is there already or not
 */
export function askingRule(
  files: ReadonlyMap<string, SeenFile>,
  ours: string,
  subject: Subject,
): Rule | undefined {
  const contents = new Map([...files].map(([path, { content }]) => [path, content]));
  // Where there is no sudo yet, it comes with a file that reads the folder.
  const rules = inOrder(MAIN, new Map([[MAIN, `@includedir ${FOLDER}`], ...contents, [ours, ours]]));
  const later = rules.slice(rules.findIndex(({ file }) => file === ours) + 1);
  const deciding = later.findLast((rule) => asks(rule.text, subject) !== undefined);
  return deciding && asks(deciding.text, subject) ? deciding : undefined;
}

function inOrder(path: string, files: ReadonlyMap<string, string>): Rule[] {
  return logicalLines(files.get(path) ?? '').flatMap(({ line, text }) => {
    const [, folder] = /^[@#]includedir\s+"?([^"\s]+?)\/?"?\s*$/.exec(text) ?? [];
    if (folder === undefined) return [{ file: path, line, text }];
    return [FOLDER, 'sudoers.d'].includes(folder)
      ? [...files.keys()]
          .filter((one) => one.startsWith(`${FOLDER}/`) && /^[^.]*[^.~]$/.test(one.slice(FOLDER.length + 1)))
          .sort()
          .flatMap((one) => inOrder(one, files))
      : [];
  });
}

function logicalLines(content: string): Omit<Rule, 'file'>[] {
  const found: Omit<Rule, 'file'>[] = [];
  let text = '';
  let begun = 0;
  for (const [index, line] of content.split('\n').entries()) {
    if (text === '') begun = index + 1;
    text += line;
    if (text.endsWith('\\')) {
      text = text.slice(0, -1);
      continue;
    }
    if (text.trim() !== '') found.push({ line: begun, text: text.trim() });
    text = '';
  }
  return found;
}

/** Whether a rule for all commands asks this account for a password; undefined where the line is no such rule. */
function asks(text: string, { name, uid, groups }: Subject): boolean | undefined {
  const [, subjects = '', hosts, commands] = /^([^=]*[^=\s])\s+(\S+)\s*=\s*(.+)$/.exec(text) ?? [];
  if (hosts !== 'ALL' || commands === undefined) return undefined;
  const names = [name, `#${uid}`, 'ALL', ...groups.map((group) => `%${group}`)];
  if (!subjects.split(',').some((one) => names.includes(one.trim()))) return undefined;
  // A tag counts for the commands behind it as well (sudoers(5), "Tag_Spec").
  let password = true;
  let decided: boolean | undefined;
  for (const command of commands.replaceAll(/\([^)]*\)/g, '').split(',')) {
    const [, tags = '', what] = /^\s*((?:[A-Z_]+:\s*)*)(.*?)\s*$/.exec(command) ?? [];
    for (const [tag] of tags.matchAll(/\b(?:NO)?PASSWD\b/g)) password = tag === 'PASSWD';
    if (what === 'ALL') decided = password;
  }
  return decided;
}

/** Nothing is done about it: the rule may be somebody's policy. */
export const askingFinding = ({ file, line, text }: Rule, user: string, ours: string): Finding => ({
  id: 'user.sudo-later',
  level: 'stop',
  summary: `sudo would ask ${user} for a password in spite of our rule, because of line ${line} of ${file} (“${text}”): the last rule that matches decides.`,
  hint: `Change that rule with “sudo visudo -f ${file}” (add NOPASSWD: before its last ALL), or give its file a name that sorts before ${ours}. Where sudo is to ask, set user.sudo to with-password.`,
});
