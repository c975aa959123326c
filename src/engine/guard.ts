import { SetupError } from '../errors.js';
import type { Host } from '../host/host.js';
import { asWord, type Sh, sh } from '../sh.js';
import { changeUnderWay } from './detached.js';
import { GUARD_FOLDER, GUARD_RESTORE } from './guard-paths.js';
import type { Guard } from './step.js';

/** How long the server waits for the proof of a new login before it takes the change back, in seconds. */
export const GUARD_SECONDS = 90;

/** A change that is under way is waited for before it is taken back, but not for ever, in seconds. */
const CHANGE_SECONDS = 20;

const UNIT = 'broker-setup-guard';

/** Timers of systemd-run are gone after a restart of the server; this unit takes the change back before sshd starts. */
const BOOT_UNIT = `/etc/systemd/system/${UNIT}-boot.service`;
const BOOT_LINK = `/etc/systemd/system/sysinit.target.wants/${UNIT}-boot.service`;

/** Shell that writes down what becomes of a guarded change. */
export type GuardLog = (state: 'armed' | 'confirmed' | 'restored') => Sh;

/**
 * Protects a change that could cut the way in: keeps a copy of the guarded paths and arms a timer on the server that
 * brings them back, whatever happens to this computer or the link; after a restart of the server they come back at once.
 * The copy is taken before the first change.
 * @throws SetupError guard-failed; then nothing was changed
 */
export async function arm(host: Host, guard: Guard, log: GuardLog): Promise<void> {
  const { code, stderr } = await host.run({ script: armScript(guard, log) });
  if (code === 0) return;
  throw new SetupError(`The safety timer could not be set, so nothing was changed: ${stderr.trim()}`, {
    code: 'guard-failed',
    hint: `Look at 'systemctl status ${UNIT}.timer' on the server, then run the same command again.`,
  });
}

/**
 * Only after a new login was proved.
 * @throws SetupError guard-fired where the change was taken back meanwhile: then nothing of it counts as done
 */
export async function disarm(host: Host, log: GuardLog): Promise<void> {
  // Looked at after the timer was stopped: it may have fired in between.
  const { code } = await host.run({
    script: sh`systemctl stop ${`${UNIT}.timer`}
! systemctl -q is-active ${`${UNIT}.service`} && [ -e ${GUARD_RESTORE} ] && rm -f ${GUARD_RESTORE} || exit 1
${forget}
${log('confirmed')}`,
  });
  if (code !== 0) throw fired();
}

/** @throws SetupError guard-fired where nothing protects the next change any more */
export async function stillArmed(host: Host): Promise<void> {
  const { code } = await host.run({ script: sh`[ -e ${GUARD_RESTORE} ]` });
  if (code !== 0) throw fired();
}

/** Takes the change back now. It is the timer's own unit that does it, so that it happens once and survives a broken link. */
export async function restoreNow(host: Host): Promise<void> {
  await host.run({
    script: sh`if [ -e ${GUARD_RESTORE} ]; then systemctl start ${`${UNIT}.service`} 2>/dev/null || setsid sh ${GUARD_RESTORE}; fi
systemctl stop ${`${UNIT}.timer`} 2>/dev/null`,
  });
}

/** Waits until a change that the server takes back by itself is back as a whole, reload included; for a minute at most. */
export async function untilRestored(host: Host): Promise<void> {
  await host.run({
    script: sh`for second in $(seq 60); do [ -e ${GUARD_RESTORE} ] || break; sleep 1; done`,
  });
}

function fired(): SetupError {
  return new SetupError(
    `The change was not proved within ${GUARD_SECONDS} seconds, so the server has taken it back.`,
    { code: 'guard-fired', hint: 'The server is as it was before this step. Run the same command again.' },
  );
}

const forget = sh`rm -rf ${BOOT_LINK} ${BOOT_UNIT} ${GUARD_FOLDER}`;

/** Pure: exported for its test. */
export function armScript(guard: Guard, log: GuardLog): Sh {
  return sh`set -eu
systemctl stop ${`${UNIT}.timer`} ${`${UNIT}.service`} 2>/dev/null || true
systemctl reset-failed ${`${UNIT}.service`} 2>/dev/null || true
rm -rf ${GUARD_FOLDER}
mkdir -p -m 0700 ${GUARD_FOLDER} ${BOOT_LINK.replace(/\/[^/]*$/, '')}
: >${GUARD_FOLDER}/present
for path in ${guard.paths}; do
  [ -e "$path" ] || continue
  printf '%s\n' "\${path#/}" >>${GUARD_FOLDER}/present
done
tar -C / -cpf ${GUARD_FOLDER}/copy.tar --files-from=${GUARD_FOLDER}/present
printf %s ${asWord(bootUnit)} >${BOOT_UNIT}
ln -sf ${BOOT_UNIT} ${BOOT_LINK}
printf %s ${asWord(restoreScript(guard, log))} >${GUARD_RESTORE}
sync ${GUARD_FOLDER}/copy.tar ${GUARD_RESTORE} ${BOOT_UNIT}
systemd-run --quiet --unit=${UNIT} --on-active=${GUARD_SECONDS} --timer-property=AccuracySec=1s --property=Type=oneshot sh ${GUARD_RESTORE} >/dev/null
${log('armed')}`;
}

/** Before the firewall, whose unit is one of the first (ufw.service), and before everything that has a normal start. */
const bootUnit = sh`# Written by broker-setup for the time of one change to the way in; removed when a new login was proved.
[Unit]
Description=Take back a change to the way in that was not confirmed (broker-setup)
DefaultDependencies=no
Conflicts=shutdown.target
After=local-fs.target
Before=sysinit.target shutdown.target ufw.service ssh.service ssh.socket sshd.service
ConditionPathExists=${GUARD_RESTORE}

[Service]
Type=oneshot
ExecStart=/bin/sh ${GUARD_RESTORE} boot

[Install]
WantedBy=sysinit.target
`;

/** Deletes nothing before the copy has been unpacked whole. At a start of the server nothing runs yet that would have to be reloaded. */
function restoreScript(guard: Guard, log: GuardLog): Sh {
  return sh`cd / || exit 1
tries=0
while ${changeUnderWay} && [ "$tries" -lt ${CHANGE_SECONDS} ]; do sleep 1; tries=$((tries + 1)); done
mkdir -p ${GUARD_FOLDER}/old && tar -C ${GUARD_FOLDER}/old -xpf ${GUARD_FOLDER}/copy.tar || exit 1
for path in ${guard.paths}; do
  rm -rf "$path"
  if [ -e "${GUARD_FOLDER}/old$path" ]; then mv "${GUARD_FOLDER}/old$path" "$path"; fi
done
if [ "\${1:-}" != boot ]; then
${guard.reload}
fi
logger -t broker-setup 'A change that was not confirmed in time was taken back.' || true
${log('restored')}
${forget}
`;
}
