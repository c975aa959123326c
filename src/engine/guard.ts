import { SetupError } from '../errors.js';
import type { Host } from '../host/host.js';
import { distributionOnly } from '../server-path.js';
import { asWord, type Sh, sh, verbatim } from '../sh.js';
import { controlled } from './controlled.js';
import { holdChanges } from './detached.js';
import { fullDisk } from './full-disk.js';
import { GUARD_FOLDER, GUARD_RESTORE } from './guard-paths.js';
import { keepGuarded, restoreGuarded } from './guarded-accounts.js';
import { SAY } from './say.js';
import type { Guard } from './step.js';

/** How long the server waits for the proof of a new login before it takes the change back, in seconds. */
export const GUARD_SECONDS = 90;

/** A change that is under way is waited for before it is taken back, but not for ever, in seconds. */
const CHANGE_SECONDS = 20;

/** What could not be taken back, for want of room say, is tried again after so many seconds. */
const AGAIN_SECONDS = 30;

const UNIT = 'broker-setup-guard';

/** Timers of systemd-run are gone after a restart of the server; this unit takes the change back before sshd starts. */
const BOOT_UNIT = `/etc/systemd/system/${UNIT}-boot.service`;
const BOOT_WANTS = '/etc/systemd/system/sysinit.target.wants';
const BOOT_LINK = `${BOOT_WANTS}/${UNIT}-boot.service`;

/** Either confirmed or taken back, never both: who has this lock decides. A unit that is being started is not yet “active”. */
const decide = sh`exec 8>>${GUARD_FOLDER}/lock && flock`;

/** On whose behalf a change is guarded: no run may confirm or throw away what another one has armed. */
export interface Guardian {
  /** Id of the run. */
  run: string;
  /** Shell that exits where this run may change nothing any more. */
  mayChange: Sh;
  /** Shell that writes down what becomes of the change. */
  log(state: 'armed' | 'confirmed' | 'restored'): Sh;
}

/** A shell condition: the change of this run is guarded. */
const armedBy = ({ run }: Guardian): Sh =>
  sh`{ [ -e ${GUARD_RESTORE} ] && [ "$(cat ${GUARD_FOLDER}/run 2>/dev/null)" = ${run} ]; }`;

/**
 * Protects a change that could cut the way in: keeps a copy of the guarded paths and arms a timer on the server that
 * brings them back, whatever happens to this computer or the link; after a restart of the server they come back at once.
 * The copy is taken before the first change.
 * @throws SetupError guard-failed; then nothing was changed
 */
export async function arm(host: Host, guard: Guard, guardian: Guardian): Promise<void> {
  const { code, stderr } = await host.run({ script: armScript(guard, guardian) });
  if (code === 0) return;
  throw new SetupError(`This step could not be guarded, so nothing of it was changed: ${stderr.trim()}`, {
    code: 'guard-failed',
    hint:
      fullDisk(stderr) ??
      `Look at 'systemctl status ${UNIT}.timer' on the server, then run the same command again.`,
  });
}

/**
 * Only after a new login was proved.
 * @throws SetupError guard-fired where the change was taken back meanwhile: then nothing of it counts as done
 */
export async function disarm(host: Host, guardian: Guardian): Promise<void> {
  const { code } = await host.run({ script: disarmScript(guardian) });
  if (code !== 0) throw fired();
}

/** Pure: exported for its test. A log that cannot be written takes nothing back. */
export function disarmScript(guardian: Guardian): Sh {
  return sh`${armedBy(guardian)} || exit 1
systemctl stop ${`${UNIT}.timer`}
${decide} -n 8 || exit 1
${armedBy(guardian)} && rm -f ${GUARD_RESTORE} || exit 1
${forget}
{ ${guardian.log('confirmed')}
} || true`;
}

/** Shell that goes before a guarded change, in the same process: without its guard it is not made. */
export const whileArmed = (guardian: Guardian): Sh => sh`${armedBy(guardian)} || {
  echo '${verbatim(SAY)}This step took too long, so the server has taken its earlier changes back.' >&2
  echo '${verbatim(SAY)}The server is as it was before this step. Run the same command again.' >&2
  exit 1
}`;

/** @throws SetupError guard-fired where nothing protects the next change any more */
export async function stillArmed(host: Host, guardian: Guardian): Promise<void> {
  const { code } = await host.run({ script: armedBy(guardian) });
  if (code !== 0) throw fired();
}

/**
 * Takes the change back now. It is the timer's own unit that does it, so that it happens once and survives a broken link.
 * @param guardian the run whose change is meant; none for whosever it is
 * @throws SetupError not-restored; the copy is still there then, and the server tries again every half minute
 */
export async function restoreNow(host: Host, guardian?: Guardian): Promise<void> {
  const { code, stderr } = await host.run({ script: restoreNowScript(guardian) });
  if (code === 0) return;
  const why = stderr.trim().split('\n').at(-1) ?? '';
  throw new SetupError(`The change to the way in could not be taken back: ${why}`, {
    code: 'not-restored',
    hint: `Stay logged in. Look whether the disk is full, then run on the server: sudo sh ${GUARD_RESTORE}`,
  });
}

/** Pure: exported for its test. */
export function restoreNowScript(guardian?: Guardian): Sh {
  const ours = guardian ? sh`${armedBy(guardian)} || exit 0` : sh`[ -e ${GUARD_RESTORE} ] || exit 0`;
  return sh`${ours}
systemctl start ${`${UNIT}.service`} 2>/dev/null || setsid -w sh ${GUARD_RESTORE}
[ ! -e ${GUARD_RESTORE} ] || exit 1
systemctl stop ${`${UNIT}.timer`} 2>/dev/null || true`;
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
export function armScript(guard: Guard, guardian: Guardian): Sh {
  return sh`set -eu
${guardian.mayChange}
systemctl stop ${`${UNIT}.timer`} ${`${UNIT}.service`} 2>/dev/null || true
systemctl reset-failed ${`${UNIT}.service`} 2>/dev/null || true
rm -rf ${GUARD_FOLDER}
mkdir -p -m 0700 ${GUARD_FOLDER}
mkdir -p ${BOOT_WANTS}
: >${GUARD_FOLDER}/present
: >${GUARD_FOLDER}/lock
${controlled}
for path in ${guard.paths}; do
  controls "$path"
  if [ "$owner" = root ]; then
    [ -e "$path" ] || [ -L "$path" ] || continue
    printf '%s\n' "\${path#/}" >>${GUARD_FOLDER}/present
  elif as "$owner" test -r "$path"; then
    copy=${verbatim(GUARD_FOLDER)}/theirs$path
    mkdir -p "\${copy%/*}"
    copy_of "$owner" "$path" "$copy"
  fi
done
tar -C / -cpf ${GUARD_FOLDER}/copy.tar --no-unquote --files-from=${GUARD_FOLDER}/present
# Room for unpacking it, on a disk that is full by then.
cp ${GUARD_FOLDER}/copy.tar ${GUARD_FOLDER}/room
${keepGuarded(guard.accounts ?? [])}
echo ${guardian.run} >${GUARD_FOLDER}/run
ssh=sshd.service
for unit in /etc/systemd/system/ssh.service /usr/lib/systemd/system/ssh.service /lib/systemd/system/ssh.service; do [ ! -e "$unit" ] || ssh=ssh.service; done
printf %s ${asWord(bootUnit)} | sed "s/SSH_SERVICE/$ssh/" >${BOOT_UNIT}
ln -sf ${BOOT_UNIT} ${BOOT_LINK}
printf %s ${asWord(restoreScript(guard, guardian))} >${GUARD_RESTORE}
sync ${GUARD_FOLDER}/copy.tar ${GUARD_FOLDER}/run ${GUARD_RESTORE} ${GUARD_FOLDER} ${BOOT_UNIT} ${BOOT_WANTS}
systemd-run --quiet --unit=${UNIT} --on-active=${GUARD_SECONDS} --timer-property=AccuracySec=1s --on-unit-inactive=${AGAIN_SECONDS} --property=Type=oneshot sh ${GUARD_RESTORE} >/dev/null
${guardian.log('armed')}`;
}

/**
 * Before the firewall, whose unit is one of the first (ufw.service), and before everything that has a normal start. It names the
 * service of the SSH server by its own name alone: while that is disabled, its alias is the name of no unit, and when it is enabled
 * again and both names are in use, systemd 252 takes the running service for a dead one.
 */
const bootUnit = sh`# Written by broker-setup for the time of one change to the way in; removed when a new login was proved.
[Unit]
Description=Take back a change to the way in that was not confirmed (broker-setup)
DefaultDependencies=no
Conflicts=shutdown.target
After=local-fs.target
Before=sysinit.target shutdown.target ufw.service ssh.socket SSH_SERVICE
ConditionPathExists=${GUARD_RESTORE}

[Service]
Type=oneshot
ExecStart=/bin/sh ${GUARD_RESTORE} boot

[Install]
WantedBy=sysinit.target
`;

/** Deletes nothing before the copy has been unpacked whole. At a start of the server nothing runs yet that would have to be reloaded. */
function restoreScript(guard: Guard, { log }: Guardian): Sh {
  return sh`${distributionOnly}
cd / || exit 1
[ -e ${GUARD_RESTORE} ] || exit 0
${decide} 8 || exit 1
[ -e ${GUARD_RESTORE} ] || exit 0
${holdChanges(CHANGE_SECONDS)}
failed=
${controlled}
rm -f ${GUARD_FOLDER}/room
mkdir -p ${GUARD_FOLDER}/old && tar -C ${GUARD_FOLDER}/old -xpf ${GUARD_FOLDER}/copy.tar || exit 1
theirs=
for path in ${guard.paths}; do
  old=${verbatim(GUARD_FOLDER)}/old$path
  controls "$path" || { failed=yes; continue; }
  [ "$owner" = root ] || { theirs=yes; continue; }
  # A link may lead nowhere from where it was unpacked.
  there=; if [ -e "$old" ] || [ -L "$old" ]; then there=yes; fi
  # A file is replaced in one go: there is no moment without an /etc/passwd.
  if [ -z "$there" ] || [ -d "$path" ] || [ -d "$old" ]; then rm -rf "$path"; fi
  if [ -n "$there" ]; then mkdir -p "$(dirname "$path")"; mv -fT "$old" "$path" 2>/dev/null || cat "$old" >"$path" || failed=yes; fi
done
if [ "\${1:-}" != boot ]; then
( exec 8>&- 9>&-
${guard.reload}
)
fi
${restoreGuarded}
# Last, as whoever controls these can make it slow.
if [ -n "$theirs" ]; then
for path in ${guard.paths}; do
  old=${verbatim(GUARD_FOLDER)}/old$path
  controls "$path" && [ "$owner" != root ] || continue
  [ -e "$old" ] || old=${verbatim(GUARD_FOLDER)}/theirs$path
  if [ -f "$old" ]; then replace "$owner" "$path" "$(stat -c %a "$old")" "$owner" <"$old" || failed=yes
  else as "$owner" rm -f -- "$path"; fi
done
fi
[ -z "$failed" ] || exit 1
logger -t broker-setup 'A change that was not confirmed in time was taken back.' || true
${log('restored')} || true
${forget}
systemctl stop --no-block ${`${UNIT}.timer`} 2>/dev/null || true
`;
}
