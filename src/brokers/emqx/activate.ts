import { withRightsOf } from '../../engine/controlled.js';
import { lastLinesOf } from '../../engine/own-words.js';
import { SAY } from '../../engine/say.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { asEmqx } from './erlang.js';
import { EMQX, PORTS, VM } from './facts.js';

/** How long EMQX may take until it answers, in seconds: 4.3.5 took up to 36 on an idle machine. */
const PATIENCE = 120;

/** systemctl itself must not wait for ever: a 4.4 that cannot read its file hangs for 90 s. */
const START_PATIENCE = 150;

/**
 * Exits 0 once EMQX says itself that it is started and its encrypted port is open. Asked, because a unit made of an init script
 * counts as active whatever happened (seen with 4.3.5), and one of Type=simple before anything is open (5.x).
 */
export const ready: Sh = sh`n=0
until ss -ltnH "sport = :${PORTS.mqtts}" | grep -q . && ${asEmqx('emqx_ctl status')} </dev/null 2>/dev/null | grep -q 'is started'; do
  n=$((n + 1))
  [ "$n" -le ${PATIENCE} ] || exit 1
  sleep 1
done`;

/** Tells on stderr why EMQX did not start: 4.x writes it to erlang.log, 5.x to the journal, both more to emqx.log. */
const lastWords: Sh = sh`{ ${withRightsOf(EMQX.user)} sh -c 'tail -q -n 40 $(ls -t ${verbatim(EMQX.log)}/*log* | head -n 3)' || :; journalctl -q -u ${EMQX.unit} -n 40 -o cat; } 2>/dev/null |
  ${lastLinesOf('error|alert|fail|unknown|reason|eaddrinuse|cannot')} >&2`;

/** What ss(8) knows of a port. In some containers not even root sees whose a socket is. */
const ours = verbatim(`grep -qE '"${VM}"|^[^"]*$'`);

/**
 * Makes EMQX run with the files that are there now. Exits non-zero, with EMQX's own words on stderr, where it does not come up
 * with all of its ports open.
 * @param validate prints what EMQX finds wrong with its files and exits non-zero for that; the running broker is then not touched
 */
export function activate(validate: Sh, { tcp, udp }: Record<'tcp' | 'udp', readonly number[]>): Sh {
  return lines(
    sh`explain() {
  echo '${verbatim(SAY)}EMQX does not '"$1"'.' >&2
  echo '${verbatim(SAY)}Its own words are below; if they name a line of a file of yours, correct it and run this again.' >&2
  [ -z "\${2:-}" ] || printf '%s\\n' "$2" | tail -n 6 >&2
  [ -n "\${2:-}" ] || ${lastWords}
  exit 1
}
validate() {`,
    validate,
    sh`}
said=$(validate 2>&1) || explain 'accept its configuration' "$said"
systemctl daemon-reload
systemctl reset-failed ${EMQX.unit} 2>/dev/null || true
# 4.3 gives itself 15 seconds and calls it a failure, while a slow machine still starts it.
timeout ${START_PATIENCE} systemctl restart ${EMQX.unit} 2>/dev/null || pgrep -u ${EMQX.user} -x ${VM} >/dev/null || explain 'start with this configuration'
is_ready() {`,
    ready,
    sh`}
( is_ready ) || explain 'come up with this configuration'
opens() {
  n=0
  until ss -H -n -p "$1" -l "sport = :$2" | ${ours}; do
    n=$((n + 1))
    [ "$n" -le 20 ] || explain "open port $2"
    sleep 1
  done
}
for port in ${tcp}; do opens -t "$port"; done
for port in ${udp}; do opens -u "$port"; done`,
  );
}
