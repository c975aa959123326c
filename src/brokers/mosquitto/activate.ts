import { withRightsOf } from '../../engine/controlled.js';
import { lastLines } from '../../engine/own-words.js';
import { type Sh, sh } from '../../sh.js';
import { MOSQUITTO } from './facts.js';
import { tryFunction, UNTRIED } from './trial.js';

/** How long the broker may take until its ports are open, in seconds. */
const PATIENCE = 20;

/**
 * Tells on stderr why Mosquitto did not start: complaints about its configuration go to the journal, later ones to its log.
 * The journal is behind by a moment unless it is asked to catch up.
 */
export const lastWords: Sh = sh`journalctl --sync 2>/dev/null || true
  { ${withRightsOf(MOSQUITTO.user)} tail -n 5 ${MOSQUITTO.log} || :; journalctl -q -u ${MOSQUITTO.unit} -n 20 -o cat; } 2>/dev/null | ${lastLines} >&2`;

/**
 * Makes Mosquitto run with the files that are there now. They are tried beside a broker that runs, before it is ended.
 * Exits non-zero, with Mosquitto's own words on stderr, where it does not come up with all `ports` open.
 */
export function activate(ports: readonly number[]): Sh {
  return sh`${tryFunction}
explain() {
  echo "broker-setup: Mosquitto does not $1." >&2
  echo 'broker-setup: Its own words are below; if they name a line of a file of yours, correct it and run this again.' >&2
  ${lastWords}
  exit 1
}
if mosquitto -h 2>&1 | grep -q -e --test-config; then
  mosquitto --test-config -c ${MOSQUITTO.conf} >&2 || explain 'accept its configuration'
fi
# A broker that runs is not ended for files with which it would not start again.
if systemctl -q is-active ${MOSQUITTO.unit}; then
  words=$(try_configuration) || [ "$?" -eq ${UNTRIED} ] || {
    echo 'broker-setup: Mosquitto does not accept its configuration, so it was not restarted and runs with the old one.' >&2
    echo 'broker-setup: Its own words are below; if they name a line of a file of yours, correct it and run this again.' >&2
    printf '%s\\n' "$words" >&2
    exit 1
  }
fi
systemctl reset-failed ${MOSQUITTO.unit} 2>/dev/null || true
systemctl restart ${MOSQUITTO.unit} 2>/dev/null || explain 'start with this configuration'
n=0
for port in ${ports}; do
  until ss -ltnH "sport = :$port" | grep -q .; do
    n=$((n + 1))
    [ "$n" -le ${PATIENCE * 5} ] || explain "open port $port"
    sleep 0.2
  done
done`;
}
