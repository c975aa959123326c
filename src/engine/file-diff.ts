import { createTwoFilesPatch } from 'diff';
import { Secret } from '../sh.js';
import type { FileChange } from './change.js';

/** Pure. The lines of a unified diff, without its head; undefined where the whole content is secret. */
export function fileDiff({ path, content, before }: FileChange): string[] | undefined {
  if (content instanceof Secret && content.isBlank) return undefined;
  const patch = createTwoFilesPatch(path, path, before ?? '', content.toString(), '', '', { context: 2 });
  return patch
    .split('\n')
    .slice(4)
    .filter((line) => line !== '\\ No newline at end of file');
}
