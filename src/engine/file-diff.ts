import { createTwoFilesPatch } from 'diff';
import { Secret } from '../sh.js';
import type { FileChange } from './change.js';

/** Finding a short way from one file to another may take minutes where a server has made it so; in milliseconds. */
const PATIENCE = 1000;
const LONGEST_LINE = 500;

/** Pure. The lines of a unified diff, without its head; undefined where the whole content is secret. */
export function fileDiff({ path, content, before }: FileChange): string[] | undefined {
  if (content instanceof Secret && content.isBlank) return undefined;
  const options = { context: 2, timeout: PATIENCE };
  const patch = createTwoFilesPatch(path, path, before ?? '', content.toString(), '', '', options);
  if (patch === undefined) return ['(what is there differs too much to be shown line by line)'];
  return patch
    .split('\n')
    .slice(4)
    .filter((line) => line !== '\\ No newline at end of file')
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
}
