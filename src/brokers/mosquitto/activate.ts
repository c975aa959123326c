import { type Sh, sh } from '../../sh.js';
import { MOSQUITTO } from './facts.js';

/** How long the broker may take until its ports are open, in seconds. */
const PATIENCE = 20;

/**
 * Makes Mosquitto run with the files that are there now. 2.1 can examine them first; older ones are started and looked at.
 * Exits non-zero, with Mosquitto's own words on stderr, where it does not come up with all `ports` open.
 */
export function activate(ports: readonly number[]): Sh {
  return sh`explain() {
  echo "broker-setup: Mosquitto does not $1." >&2
  echo 'broker-setup: Its own words are below; if they name a line of a file of yours, correct it and run this again.' >&2
  journalctl -q -u ${MOSQUITTO.unit} --since "$begun" -n 8 -o cat 2>/dev/null | grep -i -e error -e warning >&2
  tail -n 4 ${MOSQUITTO.log} >&2 2>/dev/null
  exit 1
}
begun=$(date '+%Y-%m-%d %H:%M:%S')
if mosquitto -h 2>&1 | grep -q -e --test-config; then
  mosquitto --test-config -c ${MOSQUITTO.conf} >&2 || explain 'accept its configuration'
fi
systemctl reset-failed ${MOSQUITTO.unit} 2>/dev/null || true
systemctl restart ${MOSQUITTO.unit} || explain 'start with this configuration'
n=0
for port in ${ports}; do
  until ss -ltnH "sport = :$port" | grep -q .; do
    n=$((n + 1))
    [ "$n" -le ${PATIENCE * 5} ] || explain "open port $port"
    sleep 0.2
  done
done`;
}
