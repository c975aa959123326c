import { controls, withRightsOf } from '../../engine/controlled.js';
import type { SeenFile } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { CONF_FILES } from './directives.js';
import { MOSQUITTO } from './facts.js';

/** A folder or a file that only root may write, as it is. */
interface Place {
  path: string;
  owner: string;
  /** Octal. */
  mode: string;
}

/** In the order from the outside to the inside: what is in a folder is safe only behind it. */
const FOLDERS = [MOSQUITTO.etc, MOSQUITTO.includes, MOSQUITTO.certificates] as const;

/**
 * Shell that prints `folder=MODE OWNER PATH` for each of these folders, and of those with configuration, that others than root may
 * write, and `link=OWNER PATH` for links to configuration in them that are not root's.
 */
export const tellFolders = sh`seen=
set --
for file in ${FOLDERS.map((folder) => `${folder}/`)} ${CONF_FILES}; do
  folder=\${file%/*}
  case "$seen" in *"|$folder|"*) continue ;; esac
  seen="$seen|$folder|"
  [ ! -d "$folder" ] || set -- "$@" "$folder"
done
if [ "$#" -gt 0 ]; then
  find -H "$@" -maxdepth 0 '(' ! -user root -o -perm /022 ')' -printf 'folder=%m %u %p\\n'
  find -H "$@" -maxdepth 1 -type l ! -user root -name '*.conf' ! -name '*[[:cntrl:]]*' -printf 'link=%u %p\\n'
fi`;

/** Pure. Folders and files of Mosquitto's configuration that others than root may write. @param files those that Mosquitto reads */
export function looseOnes(stdout: string, files: Iterable<readonly [string, SeenFile]>): Place[] {
  const folders = [...stdout.matchAll(/^folder=(\d+) (\S+) (.+)$/gm)].map(
    ([, mode = '', owner = '', path = '']): Place => ({ path, owner, mode }),
  );
  const loose = [...files]
    .map(([path, { owner, mode }]): Place => ({ path, owner: owner.split(':')[0] ?? '', mode }))
    .filter(({ owner, mode }) => owner !== 'root' || (Number.parseInt(mode, 8) & 0o022) !== 0);
  return [...folders, ...loose].sort((one, other) => one.path.length - other.path.length);
}

/**
 * Pure. Mosquitto follows such a link as root when it is started, whoever owns the folder by now. What it leads to is not for this
 * program to judge.
 */
export function linkFindings(stdout: string): Finding[] {
  const links = [...stdout.matchAll(/^link=(\S+) (.+)$/gm)].map(([, owner = '', path = '']) => ({
    owner,
    path,
  }));
  if (links.length === 0) return [];
  const paths = links.map(({ path }) => path).join(', ');
  return [
    {
      id: 'conf-edits.ownership',
      level: 'stop',
      summary: `Mosquitto reads its configuration through symbolic links that do not belong to root: ${links.map(({ owner, path }) => `${path} (${owner})`).join(', ')}`,
      hint: `Look where they lead (ls -l ${paths.replaceAll(', ', ' ')}). Remove what you did not make yourself. Make root the owner of the others: sudo chown -h root LINK`,
    },
  ];
}

/**
 * Pure. Mosquitto is started by root and reads there as whom it runs, which program it loads and where it logs. Whoever can write
 * that becomes root at its next start. What lies elsewhere is the owner's to decide.
 */
export function ownershipFindings(loose: readonly Place[]): Finding[] {
  const isInside = ({ path }: Place) => path === MOSQUITTO.etc || path.startsWith(`${MOSQUITTO.etc}/`);
  const [inside, outside] = [loose.filter(isInside), loose.filter((place) => !isInside(place))];
  return [
    ...(inside.length === 0 ? [] : [closing(inside)]),
    ...(outside.length === 0 ? [] : [warning(outside)]),
  ];
}

function closing(loose: readonly Place[]): Finding {
  const paths = loose.map(({ path }) => path);
  return {
    id: 'conf-edits.ownership',
    level: 'change',
    summary: `Let only root write the configuration of Mosquitto; now ${writers(loose)} can write ${paths.join(', ')}`,
    change: {
      kind: 'run',
      // From the outside to the inside: behind a folder of root's nobody can put a link in the place of what follows.
      script: sh`${controls}
for path in ${paths}; do
  # Nobody but root controls what is before $real.
  controls "$path" && [ -z "$rest" ] || continue
  chown root "$real"
  chmod g-w,o-w "$real"
  # After a reload it is Mosquitto's own user that reads them.
  if [ -f "$path" ] && ! ${withRightsOf(MOSQUITTO.user)} test -r "$path"; then chgrp ${MOSQUITTO.user} "$real"; chmod g+r "$real"; fi
done`,
      undo: { stays: `${paths.join(', ')} still belong to root.` },
    },
  };
}

const warning = (loose: readonly Place[]): Finding => ({
  id: 'conf-edits.ownership',
  level: 'warn',
  summary: `Mosquitto reads ${loose.map(({ path }) => path).join(', ')}, which ${writers(loose)} can write. Whoever can write its configuration can become root when it is restarted.`,
  hint: 'Make root the owner of the folder and of the files in it (sudo chown root PATH), and let nobody else write them (sudo chmod go-w PATH).',
});

function writers(loose: readonly Place[]): string {
  const owners = [...new Set(loose.map(({ owner }) => owner).filter((owner) => owner !== 'root'))];
  return owners.length > 0 ? owners.join(' and ') : 'others';
}
