import { type Sh, sh, verbatim } from '../../sh.js';
import { MOSQUITTO } from './facts.js';

/** No trial is possible here: what it needs is missing, or a container forbids it. As EX_TEMPFAIL of sysexits.h(3). */
export const UNTRIED = 75;

/** How long a broker that neither ends nor listens is waited for, and how long one that listens must go on, in tenths of a second. */
const PATIENCE = { start: 50, settled: 7 };

/** What a trial without network, names and other programs cannot judge: interfaces, addresses with a name, plugins. For grep -E. */
const OUTSIDE =
  '^[[:space:]]*(bind_interface|(global_)?plugin|auth_plugin)[[:space:]]|^[[:space:]]*(listener[[:space:]]+[0-9]+|bind_address)[[:space:]]+([^/[:space:]]*[g-zG-Z%][^[:space:]]*|[^/:[:space:]]*[a-fA-F][^/:[:space:]]*)[[:space:]]*$';

/**
 * Shell that tells from the words of a broker that has ended what its end means: on stdout what is wrong with its files, and exit code 1, or
 * ${UNTRIED} where the trial itself may be the cause. Reads `files`, `logs` and `said`. Mosquitto says where a line is that it does not
 * accept (“Error found at”), before it opens anything.
 */
export const judgeEnd: Sh = sh`words=$({ cat "$said"; for log in $logs; do [ ! -f "$log" ] || [ -L "$log" ] || cat "$log"; done; } 2>/dev/null | grep -ai error | tail -n 6)
case $words in
'') exit ${UNTRIED} ;;
*'Error found at'*) ;;
*) ! grep -qsE ${OUTSIDE} $files || exit ${UNTRIED} ;;
esac
printf '%s\n' "$words"
exit 1`;

/** Where the trial keeps what it writes, in memory: a folder that every server has, and that no broker needs. */
const ASIDE = '/run/lock';

/**
 * Inside: what is there can be read, and nothing of the server's is written to, as the folders for data, logs, sockets and process ids are
 * covered by memory (overlayfs); all ports are free. /run is covered last, as ${ASIDE} is below it. What the shell has started ends
 * with it, as it is the first process of its namespace.
 */
const INSIDE: Sh = sh`set -u
files="${MOSQUITTO.conf} $(ls ${MOSQUITTO.includes}/*.conf 2>/dev/null)"
of() { sed -n 's/[[:space:]]*$//; s|^[[:space:]]*'"$1"'[[:space:]][[:space:]]*\\(/.*\\)|\\1|p' $files; }
logs=$(of 'log_dest[[:space:]][[:space:]]*file')
folders=$(of persistence_location; { of pid_file; of 'listener[[:space:]][[:space:]]*0'; printf '%s\n' $logs; } | sed 's|/[^/]*$||')
mount -t tmpfs -o mode=0755 tmpfs ${ASIDE} || exit ${UNTRIED}
layers=0
cover() {
  case "$1/" in //|/etc/*|/usr/*|/bin/*|/lib/*) exit ${UNTRIED} ;; esac
  [ -d "$1" ] || return 0
  layers=$((layers + 1))
  mkdir -p "${verbatim(ASIDE)}/$layers/work" "${verbatim(ASIDE)}/$layers/new" || exit ${UNTRIED}
  # A new layer has its own root, with the rights of what it covers.
  chmod --reference="$1" "${verbatim(ASIDE)}/$layers/new"
  chown --reference="$1" "${verbatim(ASIDE)}/$layers/new"
  mount -t overlay -o "lowerdir=$1,upperdir=${verbatim(ASIDE)}/$layers/new,workdir=${verbatim(ASIDE)}/$layers/work" overlay "$1" || exit ${UNTRIED}
}
for folder in $(printf '%s\n' /var/lib/mosquitto $folders | sed 's|/*$||' | sort -u); do
  case "$folder/" in /run/*|/var/run/*|/tmp/*) ;; *) cover "$folder" ;; esac
done
cover /tmp
cover /run
for folder in /run/mosquitto $folders; do
  case "$folder/" in /run/*|/var/run/*|/tmp/*) [ -d "$folder" ] || { mkdir -p "$folder" && chown ${MOSQUITTO.user} "$folder"; } ;; esac
done
# What the broker that runs has said is not what this one says; and its user can put a link there.
for log in $logs; do rm -f "$log"; done
ip link set lo up
for switch in /proc/sys/net/ipv4/ip_nonlocal_bind /proc/sys/net/ipv6/ip_nonlocal_bind; do { echo 1 >"$switch"; } 2>/dev/null; done
said=/run/said
{ mosquitto -c ${MOSQUITTO.conf} </dev/null >"$said" 2>&1; echo ended >/run/ended; } &
n=0
until [ -e /run/ended ] || [ "$n" -ge ${PATIENCE.start} ]; do
  [ -z "$(ss -ltnH)" ] || [ "$n" -ge ${PATIENCE.start - PATIENCE.settled} ] || n=${PATIENCE.start - PATIENCE.settled}
  n=$((n + 1))
  sleep 0.1
done
[ -e /run/ended ] || exit 0
${judgeEnd}`;

/**
 * Shell function `try_configuration`: starts a second Mosquitto with the files that are there now, in namespaces of its own (unshare(1)),
 * and looks whether it stays. Mosquitto before 2.1 has no other way to examine its files. Prints Mosquitto's own words and returns 1
 * where it does not accept them, and ${UNTRIED} where that cannot be tried.
 */
export const tryFunction: Sh = sh`try_configuration() {
  unshare --mount --net --pid --fork --propagation private true 2>/dev/null || return ${UNTRIED}
  timeout 15 unshare --mount --net --pid --fork --propagation private sh -c ${INSIDE.run} </dev/null 2>/dev/null
}`;

/** Files of the configuration that were written after the broker was started: it writes its process id then. */
const PID_FILE = '/run/mosquitto/mosquitto.pid';

/** Shell that prints `changed=FILE` for each of these files, and with any of them `trial=CODE` and Mosquitto's words, `said=WORDS`. */
export const tellChanged = (files: Sh): Sh => sh`${tryFunction}
changed=$([ ! -f ${PID_FILE} ] || find ${files} -newercm ${PID_FILE} 2>/dev/null)
if [ -n "$changed" ]; then
  printf '%s\\n' "$changed" | sed 's/^/changed=/'
  words=$(try_configuration) && echo trial=0 || printf 'trial=%s\\n%s\\n' "$?" "$(printf '%s\\n' "$words" | sed 's/^/said=/')"
fi`;

/**
 * Shell that makes the running broker present its new certificate. SIGHUP is enough from 2.0 on, whatever the configuration holds by now
 * (seen with 2.0.11), once a WebSocket listener was used; 1.6 must be restarted, which a broker that runs is only with files that it accepts.
 * @param ports those that present the certificate
 * @param websockets those among them that speak WebSocket
 */
export function takeCertificate(
  fullchain: string,
  ports: readonly number[],
  websockets: readonly number[],
): Sh {
  return sh`${tryFunction}
connect() { timeout 5 openssl s_client -no-CAfile -no-CApath "$@" 2>/dev/null; }
behind_the_file() {
  wanted=$(openssl x509 -noout -fingerprint -sha256 -in ${fullchain})
  for port in ${ports}; do
    [ "$(connect -connect "127.0.0.1:$port" </dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null)" = "$wanted" ] || return 0
  done
  return 1
}
reload() {
  for port in ${websockets}; do
    printf 'GET /mqtt HTTP/1.1\\r\\nHost: localhost\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\\r\\nSec-WebSocket-Protocol: mqtt\\r\\n\\r\\n' |
      connect -quiet -connect "127.0.0.1:$port" | head -n 1 >/dev/null || true
  done
  systemctl reload ${MOSQUITTO.unit} || return 1
  n=0
  while behind_the_file; do
    n=$((n + 1))
    [ "$n" -le 10 ] || return 1
    sleep 0.3
  done
}
restart_safely() {
  if systemctl -q is-active ${MOSQUITTO.unit}; then
    words=$(try_configuration) || case $? in
      ${verbatim(String(UNTRIED))}) changed=$(find ${MOSQUITTO.conf} ${MOSQUITTO.includes} -newercm ${PID_FILE} 2>/dev/null)
        [ -z "$changed" ] || { echo "broker-setup: Mosquitto was not restarted: changed since it was started, and never tried: $(echo $changed)" >&2; return 1; } ;;
      *) echo "broker-setup: Mosquitto was not restarted, as it would not start again:" >&2
        printf '%s\\n' "$words" >&2
        return 1 ;;
    esac
  fi
  systemctl reset-failed ${MOSQUITTO.unit} 2>/dev/null || true
  systemctl restart ${MOSQUITTO.unit}
}
reload || restart_safely`;
}
