import { posix } from 'node:path';
import type { SeenFile } from '../../engine/facts/files.js';
import { type Sh, sh } from '../../sh.js';
import { MOSQUITTO } from './facts.js';

/**
 * All files that the broker reads, for Needs: its main file, and those in each folder that this one includes. An
 * include_dir in an included file does nothing (seen with 2.0.11).
 */
export const CONF_FILES: Sh = sh`${MOSQUITTO.conf} ${MOSQUITTO.includes}/*.conf $(sed -n 's|/*[[:space:]]*$||; s|^[[:space:]]*include_dir[[:space:]]\\{1,\\}\\(/.*\\)|\\1/*.conf|p' ${MOSQUITTO.conf} 2>/dev/null)`;

/** Pure. Those among all files of the server that were asked for, in the order in which the broker reads them. */
export function confFiles(files: ReadonlyMap<string, SeenFile>): [path: string, file: SeenFile][] {
  const main = directives(MOSQUITTO.conf, files.get(MOSQUITTO.conf)?.content ?? '');
  const included = main
    .filter(({ name }) => name === 'include_dir')
    .map(({ value }) => value.replace(/\/+$/, ''));
  const folders = [MOSQUITTO.includes, ...included];
  return [...files].filter(
    ([path]) => path === MOSQUITTO.conf || (path.endsWith('.conf') && folders.includes(posix.dirname(path))),
  );
}

/** One line of a mosquitto.conf(5): `listener 1883 127.0.0.1`. */
export interface Directive {
  file: string;
  line: number;
  name: string;
  value: string;
}

/** Pure. Comments and empty lines are left out; a comment begins a line (mosquitto.conf(5), "File Format"). */
export function directives(file: string, content: string): Directive[] {
  return content.split('\n').flatMap((text, index) => {
    const [, name, value = ''] = /^\s*([^\s#]+)(?:\s+(.*?))?\s*$/.exec(text) ?? [];
    return name === undefined ? [] : [{ file, line: index + 1, name, value }];
  });
}
