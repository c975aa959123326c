import type { SeenFile } from '../../engine/facts/files.js';
import { type Sh, verbatim } from '../../sh.js';
import { SSHD_DROP_IN } from '../../templates/sshd-drop-in.js';

/** One setting where it is written, in the order in which sshd reads them. */
export interface ConfigLine {
  file: string;
  line: number;
  /** In lower case, as sshd -T prints it. */
  name: string;
  value: string;
  /** The `Match` line that it stands under. */
  match: string | undefined;
}

const FOLDER = '/etc/ssh';
const MAIN = `${FOLDER}/sshd_config`;

/** As sshd(8) does not read more than so many files in files: servconf.c, SERVCONF_MAX_DEPTH. */
const DEPTH = 16;

/** sshd's files, for Needs: its main file and what the distributions include. */
export const CONFIG_FILES: Sh = verbatim(`${MAIN} ${FOLDER}/sshd_config.d/*.conf`);

const isConfig = (path: string) => path === MAIN || /^\/etc\/ssh\/sshd_config\.d\/[^/]+\.conf$/.test(path);

/** One line that says something: a name, then blanks or one `=`, then a value: sshd_config(5). */
const LINE = /^\s*([A-Za-z]\w*)[ \t]*[ \t=][ \t]*(.*?)\s*$/;

/**
 * Pure. All lines of sshd's files that say something, in sshd's order, Include expanded: sshd_config(5). Our drop-in is one
 * of the files whether it exists already or not, and marks its place by a line without a name.
 * @param seen files of the server by path, others among them
 */
export function configLines(seen: ReadonlyMap<string, SeenFile>): ConfigLine[] {
  const files = new Map<string, { line: number; name: string; value: string }[]>([
    [SSHD_DROP_IN, [{ line: 0, name: '', value: '' }]],
  ]);
  for (const [path, { content }] of seen) {
    const lines = content.split('\n').flatMap((text, index) => {
      const [, name, value = ''] = LINE.exec(text) ?? [];
      return name === undefined ? [] : [{ line: index + 1, name: name.toLowerCase(), value }];
    });
    files.set(path, [...(files.get(path) ?? []), ...lines]);
  }
  const read = (file: string, under: string | undefined, depth: number): ConfigLine[] => {
    let match = under;
    return (files.get(file) ?? []).flatMap(({ line, name, value }): ConfigLine[] => {
      if (name === 'match') {
        match = value;
        return [];
      }
      if (name !== 'include') return [{ file, line, name, value: unquoted(value), match }];
      const within = match;
      return depth < DEPTH
        ? included(value, [...files.keys()]).flatMap((one) => read(one, within, depth + 1))
        : [];
    });
  };
  return read(MAIN, undefined, 0);
}

/** Pure. The Match lines of sshd's files, in one line of text. */
export function matchLines(seen: ReadonlyMap<string, SeenFile>): string {
  const lines = [...seen]
    .filter(([path]) => isConfig(path))
    .flatMap(([, { content }]) => content.split('\n'));
  return lines
    .filter((line) => /^\s*match\s/i.test(line))
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .join(' ');
}

/** Pure. `/etc/ssh/sshd_config, line 12`, of all lines with one of these names. */
export function placesOf(lines: readonly ConfigLine[], names: readonly string[]): string {
  const wanted = names.map((name) => name.toLowerCase());
  const places = lines
    .filter(({ name, file }) => wanted.includes(name) && file !== SSHD_DROP_IN)
    .map(({ file, line }) => `${file}, line ${line}`);
  return [...new Set(places)].join(' and ');
}

/** Files that one Include names, in the order of the C locale; a name without a folder is one in /etc/ssh. */
function included(value: string, files: readonly string[]): string[] {
  return value.split(/\s+/).flatMap((word) => {
    const path = unquoted(word).startsWith('/') ? unquoted(word) : `${FOLDER}/${unquoted(word)}`;
    const pattern = new RegExp(
      `^${path
        .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')}$`,
    );
    return files.filter((file) => pattern.test(file)).sort((one, other) => (one < other ? -1 : 1));
  });
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');
