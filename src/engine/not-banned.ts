import type { Host } from '../host/host.js';
import { RUN_FOLDER } from '../server-folders.js';
import { type Sh, sh } from '../sh.js';
import { atWork as sshguardAtWork, tellSshguard } from './sshguard.js';

/** Name of the package and of its service. */
export const FAIL2BAN = 'fail2ban';

/** Holds a file named after each address that is spared: our own jail asks there, whenever it may have been started anew, and so does sshguard. */
export const SPARED_FOLDER = `${RUN_FOLDER}/not-banned`;

/** After so many seconds the server forgets us by itself, however the run has ended. */
const SPARED_SECONDS = 3600;

/** fail2ban reads what sshd has written up to a second later, and asks only then whom to ignore. */
const AFTERWARDS_SECONDS = 2;

const SOCKET = '/run/fail2ban/fail2ban.sock';

/** An exception that is in force. */
export interface Spared {
  /** Tells a fail2ban that was started since then: it has forgotten what it was told. */
  renew(): Promise<void>;
  /** @param over the connection that rules now, where the one that was spared may have lost its sudo */
  end(over?: Host): Promise<void>;
}

/**
 * Does `work` while neither fail2ban nor sshguard on the server counts what comes from our address: some proofs are logins and messages that
 * must be refused, and a few of them look like an attack.
 * @param coming whether it will be there before the work has ended
 * @param ruling the connection that rules once the work has ended, where `host` may have lost its sudo
 */
export async function sparing<T>(
  host: Host,
  coming: boolean,
  work: (renew: () => Promise<void>) => Promise<T>,
  ruling: () => Host = () => host,
): Promise<T> {
  const spared = await spare(host, coming);
  try {
    return await work(async () => spared?.renew());
  } finally {
    await spared?.end(ruling());
  }
}

/**
 * Lets each jail of fail2ban, and sshguard, ignore the address from which we come, as the server sees it. Never fails: without it a
 * run is only less safe.
 * @returns undefined where there was nothing to do: neither of them, or a person has told fail2ban so already
 */
export async function spare(host: Host, coming = false): Promise<Spared | undefined> {
  const spared = await host.run({ script: spareScript(coming) }).catch(() => undefined);
  const unit = /^unit=(\S+)$/m.exec(spared?.stdout ?? '')?.[1];
  if (spared?.code !== 0 || unit === undefined) return undefined;
  const quietly = async (script: Sh, over = host) => {
    await over.run({ script }).catch(() => undefined);
  };
  return { renew: () => quietly(renewScript), end: (over) => quietly(endScript(unit), over) };
}

/** Sets $address to ours and $file to what says that it is spared. */
const ourAddress = sh`address="\${SSH_CONNECTION%% *}"
address="\${address#::ffff:}"
file=${SPARED_FOLDER}/"$address"`;

/** Sets $jails to those that would count what comes from us. */
const countingJails = sh`jails=
for jail in $(fail2ban-client status | sed -n 's/.*Jail list:[[:space:]]*//p' | tr -d ,); do
  fail2ban-client get "$jail" ignoreip | sed 's/^[|\`]- *//' | grep -qxF -e "$address" || jails="$jails $jail"
done`;

const ignoreUs = sh`for jail in $jails; do fail2ban-client set "$jail" addignoreip "$address" >/dev/null; done`;

/** Of $1. A file, as systemd 252 takes a command with `$` in it apart when it reads its units anew, which every package makes it do. */
const ENDING = `${RUN_FOLDER}/not-banned-end`;
const ending = sh`file=${SPARED_FOLDER}/"$1"
for jail in $(cat "$file"); do fail2ban-client set "$jail" delignoreip "$1" || true; done
rm -f "$file"
${tellSshguard(SPARED_FOLDER)}`;

/**
 * fail2ban-client(1): addignoreip and delignoreip change the running server only, no file of a person's. The timer that takes it
 * out again is there first. What an earlier run has left behind is ended before it could pass for a person's own.
 */
const spareScript = (
  coming: boolean,
): Sh => sh`${coming ? sh`:` : sh`[ -S ${SOCKET} ] || ${sshguardAtWork} || exit 0`}
[ -n "$SSH_CONNECTION" ] || exit 0
${ourAddress}
unit="broker-setup-not-banned-\${address%%\\%*}"
if systemctl -q is-active "$unit.timer"; then systemctl start "$unit.service"; systemctl stop "$unit.timer"; fi
jails=
if [ -S ${SOCKET} ]; then
  ${countingJails}
  [ -n "$jails" ] || ${sshguardAtWork} || exit 0
fi
mkdir -p -m 0755 ${RUN_FOLDER} && mkdir -p -m 0700 ${SPARED_FOLDER} && printf %s ${ending.run} >${ENDING} || exit 1
systemd-run --quiet --collect --unit="$unit" --on-active=${SPARED_SECONDS} --property=Type=oneshot sh ${ENDING} "$address" >/dev/null || exit 1
echo "$jails" >"$file"
${ignoreUs}
${tellSshguard(SPARED_FOLDER)}
printf 'unit=%s\n' "$unit"`;

const renewScript: Sh = sh`${ourAddress}
[ ${SOCKET} -nt "$file" ] && [ -e "$file" ] || exit 0
${countingJails}
echo "$jails" >>"$file"
${ignoreUs}`;

/** The timer's own unit ends it, so that there is one way to do so. */
function endScript(unit: string): Sh {
  return sh`sleep ${AFTERWARDS_SECONDS}; systemctl start ${`${unit}.service`}; systemctl stop ${`${unit}.timer`}`;
}
