import { SAY } from '../engine/say.js';
import { STATE_FOLDER } from '../server-folders.js';
import { ownersToo } from '../server-path.js';
import { lines, type Sh, sh, verbatim } from '../sh.js';
import { WATCH } from './paths.js';

const dirname = (path: string) => path.slice(0, path.lastIndexOf('/'));

/** Shell that runs the watch once and fails where a message was not delivered, saying why. */
export const runWatch: Sh = sh`rm -f ${WATCH.last}
systemctl start ${WATCH.service} 2>/dev/null || {
  if [ -s ${WATCH.last} ]; then sed 's/^[^ ]* FAILED:/The daily watch does not get through./; s/^/${verbatim(SAY)}/' ${WATCH.last} >&2
  else echo '${verbatim(SAY)}The daily watch does not run to its end on the server.' >&2; journalctl -q -u ${WATCH.service} -n 5 -o cat >&2; fi
  echo '${verbatim(SAY)}Check the addresses under watch: in broker.yaml, and that the server reaches them; then run the same command again.' >&2
  exit 1
}`;

/** Shell that switches on the watch whose files have just been laid down, and runs it. @param curl whether it needs curl */
export function startWatch(curl: boolean): Sh {
  return lines(
    ...(curl ? [CURL] : []),
    sh`systemctl daemon-reload
systemctl -q enable ${WATCH.timer}
systemctl restart ${WATCH.timer}`,
    runWatch,
  );
}

const CURL = sh`command -v curl >/dev/null || env ${ownersToo} DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends curl >&2 || {
  echo '${verbatim(SAY)}curl, which sends the messages of the watch, could not be installed.' >&2
  echo '${verbatim(SAY)}What apt said is below. Run the same command again when its mirror answers.' >&2
  exit 1
}`;

/** Everything that belongs to the watch and nothing else. */
export const TRACES = [
  WATCH.serviceFile,
  WATCH.timerFile,
  WATCH.wanted,
  WATCH.script,
  WATCH.conf,
  WATCH.state,
  WATCH.stamp,
] as const;

/** Folders that others may use as well: removed where nothing is left in them. */
const SHARED = [dirname(WATCH.script), dirname(WATCH.conf), STATE_FOLDER];

/** Shell that leaves nothing of the watch; it may meet any part of it missing. */
export const removeWatch: Sh = sh`for unit in ${[WATCH.timer, WATCH.service]}; do systemctl -q disable --now "$unit" 2>/dev/null || systemctl stop "$unit" 2>/dev/null || true; done
rm -rf ${TRACES}
systemctl daemon-reload
systemctl reset-failed ${[WATCH.timer, WATCH.service]} 2>/dev/null || true
for folder in ${SHARED}; do [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"; done`;

/** Shell for after an installation that failed, when the files from before are back: the old watch goes on, or none is left. */
export const fallBack: Sh = sh`if [ -e ${WATCH.timerFile} ]; then systemctl daemon-reload; systemctl restart ${WATCH.timer}; systemctl start --no-block ${WATCH.service}; else ${removeWatch}
fi`;
