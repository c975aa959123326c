import type { Host } from '../host/host.js';
import { clean } from '../sanitize.js';
import { type Sh, sh } from '../sh.js';
import type { Look } from './look.js';
import { plannedFiles } from './same-files.js';
import type { Context } from './step.js';

/**
 * Why nothing can be written where the changes of a plan write, in sentences for a person; asked before the first of them, as
 * a run that fails in the middle leaves a server that is half set up.
 */
export async function notWritable(host: Host, looks: readonly Look[], context: Context): Promise<string[]> {
  const paths = writtenBy(looks, context);
  if (paths.length === 0) return [];
  const { stdout } = await host.run({ script: tellNotWritable(paths) });
  const told = (kind: string) =>
    [...stdout.matchAll(new RegExp(`^${kind} (.+)$`, 'gm'))].map(([, path = '']) => clean(path));
  const [locked, frozen] = [told('locked'), told('frozen')];
  return [
    ...(frozen.length === 0
      ? []
      : [
          `The disk of the server is read-only: ${frozen[0]} cannot be written. Linux does that when a disk fails: see “sudo dmesg | grep -i error” and ask your provider. Where it is meant so: sudo mount -o remount,rw /`,
        ]),
    ...(locked.length === 0
      ? []
      : [
          `Somebody has made ${locked.join(', ')} unchangeable. If that is no longer meant so: sudo chattr -i ${locked.join(' ')}`,
        ]),
  ];
}

/** Pure. The files that the changes of a plan write, and the folders that their guards put back. */
export function writtenBy(looks: readonly Look[], context: Context): string[] {
  const guarded = looks.filter(({ findings }) => findings.some(({ change }) => change));
  return [
    ...new Set([...plannedFiles(looks), ...guarded.flatMap(({ step }) => step.guard?.(context).paths ?? [])]),
  ];
}

/**
 * For root access(2) fails only where the file system is read-only or the file is immutable. A file is replaced, so its folder
 * counts as well: the nearest that is there.
 */
const tellNotWritable = (paths: readonly string[]): Sh => sh`check() {
  [ -e "$1" ] && [ ! -w "$1" ] || return 0
  case $(lsattr -d "$1" 2>/dev/null | cut -d' ' -f1) in *i*) echo "locked $1" ;; *) echo "frozen $1" ;; esac
}
for path in ${paths}; do
  check "$path"
  if [ -d "$path" ]; then for one in "$path"/*; do check "$one"; done; fi
  folder=\${path%/*}
  while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=\${folder%/*}; done
  folder=\${folder:-/}
  check "$folder"
done | sort -u`;
