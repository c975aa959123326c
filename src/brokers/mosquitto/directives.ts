import { tellFiles } from '../../engine/seen-files.js';
import { sh } from '../../sh.js';
import { MOSQUITTO } from './facts.js';

/**
 * Shell that tells, for toldFiles, all files that the broker reads: its main file, and what lies in each folder that this one includes. An
 * include_dir in an included file does nothing (seen with 2.0.11).
 */
export const tellConf = tellFiles(
  sh`${MOSQUITTO.conf} ${MOSQUITTO.includes}/*.conf $(sed -n 's|/*[[:space:]]*$||; s|^[[:space:]]*include_dir[[:space:]]\\{1,\\}\\(/.*\\)|\\1/*.conf|p' ${MOSQUITTO.conf} 2>/dev/null)`,
);

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
