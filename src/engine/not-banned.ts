import type { Host } from '../host/host.js';
import { type Sh, sh } from '../sh.js';

/** After so many seconds the server forgets us by itself, however the run has ended. */
const SPARED_SECONDS = 3600;

/** fail2ban reads what sshd has written up to a second later, and asks only then whom to ignore. */
const AFTERWARDS_SECONDS = 2;

const SOCKET = '/run/fail2ban/fail2ban.sock';

/**
 * Does `work` while fail2ban on the server does not count what comes from our address: some proofs are logins and messages that
 * must be refused, and a few of them look like an attack.
 */
export async function sparing<T>(host: Host, work: () => Promise<T>): Promise<T> {
  const end = await spare(host);
  try {
    return await work();
  } finally {
    await end?.();
  }
}

/**
 * Lets each jail of fail2ban ignore the address from which we come, as the server sees it. Never fails: without it a run is only less safe.
 * @returns what ends it; undefined where there was nothing to do: no fail2ban, or a person has told it so already
 */
export async function spare(host: Host): Promise<(() => Promise<void>) | undefined> {
  const spared = await host.run({ script: spareScript }).catch(() => undefined);
  const unit = /^unit=(\S+)$/m.exec(spared?.stdout ?? '')?.[1];
  if (spared?.code !== 0 || unit === undefined) return undefined;
  return async () => {
    await host.run({ script: endScript(unit) }).catch(() => undefined);
  };
}

/**
 * fail2ban-client(1): addignoreip and delignoreip change the running server only, no file of a person's. The timer that takes it
 * out again is there first. What an earlier run has left behind is ended before it could pass for a person's own.
 */
const spareScript: Sh = sh`[ -S ${SOCKET} ] && [ -n "$SSH_CONNECTION" ] || exit 0
address="\${SSH_CONNECTION%% *}"
address="\${address#::ffff:}"
unit="broker-setup-not-banned-\${address%%\\%*}"
if systemctl -q is-active "$unit.timer"; then systemctl start "$unit.service"; systemctl stop "$unit.timer"; fi
jails=
for jail in $(fail2ban-client status | sed -n 's/.*Jail list:[[:space:]]*//p' | tr -d ,); do
  fail2ban-client get "$jail" ignoreip | sed 's/^[|\`]- *//' | grep -qxF -e "$address" || jails="$jails $jail"
done
[ -n "$jails" ] || exit 0
systemd-run --quiet --collect --unit="$unit" --on-active=${SPARED_SECONDS} --property=Type=oneshot sh -c ${
  sh`address=$1; shift
for jail do fail2ban-client set "$jail" delignoreip "$address" || true; done`.run
} sh "$address" $jails >/dev/null || exit 1
for jail in $jails; do fail2ban-client set "$jail" addignoreip "$address" >/dev/null; done
printf 'unit=%s\n' "$unit"`;

/** The timer's own unit ends it, so that there is one way to do so. */
function endScript(unit: string): Sh {
  return sh`sleep ${AFTERWARDS_SECONDS}; systemctl start ${`${unit}.service`}; systemctl stop ${`${unit}.timer`}`;
}
