import type { FileChange } from './change.js';
import type { SeenFile } from './facts/files.js';

export type { SeenFile } from './facts/files.js';

/** Pure. Whether a file is there and as it should be, to its owner and mode. */
export function isAsWanted(
  seen: SeenFile | undefined,
  { content, mode, owner }: Pick<FileChange, 'content' | 'mode' | 'owner'>,
): boolean {
  const text = typeof content === 'string' ? content : content.reveal();
  return seen?.content === text && seen.mode === mode && seen.owner === owner;
}
