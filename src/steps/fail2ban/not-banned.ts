import { servedFunction } from '../../engine/served.js';
import type { Host } from '../../host/host.js';
import { RUN_FOLDER } from '../../server-folders.js';
import { distributionOnly } from '../../server-path.js';
import { type Sh, sh } from '../../sh.js';
import { SPARED_FOLDER } from '../../templates/fail2ban-jail.js';
import { atWork as sshguardAtWork, tellSshguard } from './sshguard.js';

/** Name of the package and of its service. */
export const FAIL2BAN = 'fail2ban';

/** For each exempt address, the connections that need the exemption: one process of sshd a line. */
const NEEDED_FOLDER = `${RUN_FOLDER}/not-banned-for`;

/** The exemption ends after this many seconds, even if the connection is still open: sshd may never notice a dead link. */
const SPARED_SECONDS = 3600;

/** fail2ban reads a line of sshd up to a second late, and checks only then whether the address is exempt. */
const AFTERWARDS_SECONDS = 2;

/** Where fail2ban takes commands: root's alone. */
export const FAIL2BAN_SOCKET = '/run/fail2ban/fail2ban.sock';

/** Tells a fail2ban that was started in the meantime: it has lost the exemption. */
export type Renew = () => Promise<void>;

/**
 * Exempts the address that this connection comes from, as the server sees it, from each jail of fail2ban and from sshguard: some
 * proofs are logins that must be refused, and a few of them look like an attack. A unit on the server ends the exemption shortly after
 * the connection, so a run neither waits for the end nor has to survive until then. Never fails: a run without it is only less safe.
 * @param coming whether fail2ban is installed during the work
 */
export async function spare(host: Host, coming = false): Promise<Renew> {
  const quietly = async (script: Sh) => {
    await host.run({ script }).catch(() => undefined);
  };
  await quietly(spareScript(coming));
  return () => quietly(renewScript);
}

/** Sets $address to ours and $file to what says that it is exempt. */
const ourAddress = sh`address="\${SSH_CONNECTION%% *}"
address="\${address#::ffff:}"
file=${SPARED_FOLDER}/"$address"`;

/**
 * Adds an address to each jail that counts it, or takes it out again. In one process, by fail2ban's own client library: fail2ban-client
 * starts anew for each command, and loads all of fail2ban each time. The list of jails is written before the first of them changes.
 */
const JAILS = `import os, sys
from fail2ban.client.csocket import CSocket
server = CSocket(sys.argv[1], timeout=10)
what, address, file = sys.argv[2:]
ask = lambda *words: server.send(list(words))[1]
ours = open(file).read().split() if os.path.exists(file) else []
if what == 'delignoreip':
    for jail in ours: server.send(['set', jail, what, address])
else:
    jails = [jail.strip() for jail in dict(ask('status'))['Jail list'].split(',') if jail.strip()]
    counting = [jail for jail in jails if address not in map(str, ask('get', jail, 'ignoreip'))]
    with open(file, 'w') as told: told.write(' '.join(jail for jail in jails if jail in counting + ours))
    for jail in counting: server.send(['set', jail, what, address])
`;

/** Isolated (-I): the folder that the shell is in must add nothing to a program of root. */
const jails = (what: 'addignoreip' | 'delignoreip'): Sh =>
  sh`python3 -I -c ${JAILS} ${FAIL2BAN_SOCKET} ${what} "$address" "$file"`;

/** Runs of one address overlap, as the end of an exemption comes late: only one of them may change it at a time. */
const oneAtATime = sh`exec 9>${RUN_FOLDER}/not-banned-lock && flock 9`;

/** $1: an address, $2: a connection. A file, as systemd 252 parses a command with `$` in it again whenever it reloads its units. */
const ENDING = `${RUN_FOLDER}/not-banned-end`;
const ending = sh`${distributionOnly}
timeout ${SPARED_SECONDS} tail --pid="$2" -s 1 -f /dev/null
sleep ${AFTERWARDS_SECONDS}
address=$1
file=${SPARED_FOLDER}/"$address"
needed=${NEEDED_FOLDER}/"$address"
${oneAtATime}
sed -i "/^$2\\$/d" "$needed"
[ ! -s "$needed" ] || exit 0
[ ! -s "$file" ] || ${jails('delignoreip')} || true
rm -f "$file" "$needed"
${tellSshguard(SPARED_FOLDER)}`;

/**
 * fail2ban-client(1): addignoreip and delignoreip change only the running server, none of the owner's files. The unit that ends the
 * exemption runs before the exemption begins. Without sshd among the parents of this shell it waits for process 1, so until the time is up.
 */
const spareScript = (
  coming: boolean,
): Sh => sh`${coming ? sh`:` : sh`[ -S ${FAIL2BAN_SOCKET} ] || ${sshguardAtWork} || exit 0`}
[ -n "$SSH_CONNECTION" ] || exit 0
${servedFunction}
connection=$(served $$)
connection=\${connection:-1}
${ourAddress}
needed=${NEEDED_FOLDER}/"$address"
unit="broker-setup-not-banned-\${address%%\\%*}"
mkdir -p -m 0755 ${RUN_FOLDER} && mkdir -p -m 0700 ${SPARED_FOLDER} ${NEEDED_FOLDER} && printf %s ${ending.run} >${ENDING} || exit 1
${oneAtATime}
# Left behind where the unit itself was stopped.
[ ! -s "$needed" ] || systemctl -q is-active "$unit-*" || : >"$needed"
systemd-run --quiet --collect --unit="$unit-$connection" sh ${ENDING} "$address" "$connection" || exit 1
echo "$connection" >>"$needed"
if [ -S ${FAIL2BAN_SOCKET} ] && ${jails('addignoreip')} && [ ! -s "$file" ] && ! ${sshguardAtWork}; then
  # The owner has exempted this address already.
  rm -f "$file"
  exit 0
fi
: >>"$file"
${tellSshguard(SPARED_FOLDER)}`;

const renewScript: Sh = sh`${ourAddress}
[ ${FAIL2BAN_SOCKET} -nt "$file" ] && [ -e "$file" ] || exit 0
${oneAtATime}
${jails('addignoreip')}`;
