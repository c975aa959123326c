import { posix } from 'node:path';
import { controlled, withRightsOf } from '../../engine/controlled.js';
import { SAY } from '../../engine/say.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, sh, verbatim } from '../../sh.js';
import type { Directive } from './directives.js';
import { MOSQUITTO } from './facts.js';

/** Where Debian's mosquitto.conf has it keep messages, and the file in it (mosquitto.conf(5), persistence_file). */
const FOLDER = '/var/lib/mosquitto';
const FILE = 'mosquitto.db';

/** For sh(1) -c: exits 1 where the folder cannot be used, 2 where the file in it cannot, 3 for both. */
const USABLE = `code=0
[ -w "$1" ] && [ -x "$1" ] || code=1
[ ! -e "$1/${FILE}" ] || [ -r "$1/${FILE}" ] || code=$((code + 2))
exit "$code"`;

/**
 * Shell that prints `absent=PATH` where there is no folder for the data, and `closed=PATH` for each part of the data that the broker's user cannot use: it writes a new file beside the old one,
 * so the folder must be open to it. Asked as that user, whom a file system that is read-only stops as well.
 */
export const tellDataFolder = (
  files: Sh,
): Sh => sh`data=$(sed -n 's|/*[[:space:]]*$||; s|^[[:space:]]*persistence_location[[:space:]]*\\(/.*\\)|\\1|p' ${files} 2>/dev/null | tail -n 1)
data=\${data:-${FOLDER}}
# Only numbers are taken from that user: the paths are given away.
if [ ! -d "$data" ]; then
  [ ! -x /usr/sbin/mosquitto ] || echo "absent=$data"
else
  ${withRightsOf(MOSQUITTO.user)} sh -c ${USABLE} - "$data" >/dev/null
  case $? in 1) echo "closed=$data" ;; 2) echo "closed=$data/${verbatim(FILE)}" ;; 3) echo "closed=$data"; echo "closed=$data/${verbatim(FILE)}" ;; esac
fi`;

/** Pure. @param theirs what the owner's files say @param closed what the broker's user cannot use @param absent a folder that is not there */
export function dataFolderFindings(
  theirs: readonly Directive[],
  closed: readonly string[],
  absent?: string,
): Finding[] {
  const keeps = theirs.findLast(({ name }) => name === 'persistence');
  if (absent !== undefined && keeps?.value === 'true')
    return [
      {
        id: 'conf-edits.data-folder',
        level: 'stop',
        summary: `There is no folder ${absent}, in which Mosquitto is told to keep its data, so retained messages are lost at each restart.`,
        hint: `Make it: sudo install -d -o ${MOSQUITTO.user} -g ${MOSQUITTO.user} -m 0750 ${absent}. If it is on another disk, see whether that is mounted.`,
      },
    ];
  const [first] = closed;
  if (first === undefined || keeps?.value !== 'true') return [];
  const folder = first.endsWith(`/${FILE}`) ? first.slice(0, -FILE.length - 1) : first;
  const id = 'conf-edits.data-folder';
  if (!posix.normalize(folder).startsWith('/var/lib/'))
    return [
      {
        id,
        level: 'stop',
        summary: `Mosquitto cannot use ${closed.join(', ')}, so retained messages are lost at each restart.`,
        hint: `Give it to the user of Mosquitto: sudo chown ${MOSQUITTO.user}: ${closed.join(' ')}`,
      },
    ];
  return [
    {
      id,
      level: 'change',
      summary: `Let Mosquitto write what it keeps for clients (${closed.join(', ')})`,
      change: { kind: 'run', script: claim(folder), undo: { stays: `${folder} stays Mosquitto’s.` } },
    },
  ];
}

/**
 * Gives away the folder itself, which only root can have put in its place, never what a link leads to. In it a plain file that has no
 * second name is given away, and opened with the rights of its new owner, who may have put a link in its place.
 */
const claim = (folder: string): Sh => sh`${controlled}
controls ${folder} || exit 1
[ -z "$rest" ] && [ "$real" = ${folder} ] || {
  echo "${verbatim(SAY)}"${folder}" was not given to Mosquitto: \${why:-a symbolic link leads to $real}." >&2
  echo "${verbatim(SAY)}Look what it is. If Mosquitto is to keep its data there: sudo chown -h ${verbatim(`${MOSQUITTO.user}:`)} "${folder} >&2
  exit 1
}
chmod u+rwx "$real"
chown -h ${`${MOSQUITTO.user}:${MOSQUITTO.user}`} "$real"
cd -P "$real"
if [ -f ${FILE} ] && [ ! -L ${FILE} ] && [ "$(stat -c %h ${FILE})" = 1 ]; then
  chown -h ${`${MOSQUITTO.user}:${MOSQUITTO.user}`} ${FILE}
  as ${MOSQUITTO.user} chmod u+rw ${FILE}
fi`;
