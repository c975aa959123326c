import type { Host } from '../host/host.js';
import { type Sh, sh } from '../sh.js';
import { touched } from './change.js';
import { controlled } from './controlled.js';
import type { Look } from './look.js';

/** How files were at one moment. */
export interface FilesSeen {
  paths: readonly string[];
  /** One line for each, as tellFilesNow prints it. */
  told: string;
}

/** Pure. The files that the changes of a plan write. */
export function plannedFiles(looks: readonly Look[]): string[] {
  const changes = looks.flatMap(({ findings }) => findings.flatMap(({ change }) => change ?? []));
  return [...new Set(changes.flatMap(touched))];
}

/**
 * Shell that prints a line for each file, which is another one as soon as its content is; folders are passed over. What somebody else
 * controls is read with their rights: it may lead to what never ends.
 */
const tellFilesNow = (paths: readonly string[]): Sh => sh`${controlled}
_seen=
learn ${paths}
for path in ${paths}; do
  if [ ! -e "$path" ]; then echo "absent $path"; continue; fi
  [ -f "$path" ] && walk "$path" || continue
  if [ "$owner" = root ]; then sum=$(sha256sum <"$path"); else sum=$(read_file "$owner" "$path" | sha256sum); fi
  echo "\${sum%% *} $path"
done`;

/**
 * How the files of a plan are, seen as soon as it is made. A person may take minutes to agree to it, and what is written then was worked out
 * from what was there before. What is changed later than that yes is seen by the look that each step takes anew.
 */
export async function filesSeen(host: Host, looks: readonly Look[]): Promise<FilesSeen> {
  const paths = plannedFiles(looks);
  if (paths.length === 0) return { paths, told: '' };
  const { stdout } = await host.run({ script: tellFilesNow(paths) });
  return { paths, told: stdout.trim() };
}

/** Shell that prints those that are not as they were, one a line; nothing where nothing is known of them. */
export function tellChangedSince({ paths, told }: FilesSeen): Sh {
  if (told === '') return sh`:`;
  return sh`{ ${tellFilesNow(paths)}
} | grep -vxF -e ${told} | cut -d' ' -f2-`;
}
