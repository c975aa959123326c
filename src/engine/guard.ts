import { SetupError } from '../errors.js';
import type { Host } from '../host/host.js';
import { type Sh, sh } from '../sh.js';
import type { Guard } from './step.js';

/** How long the server waits for the proof of a new login before it takes the change back, in seconds. */
const GUARD_SECONDS = 90;

const UNIT = 'broker-setup-guard';
const FOLDER = '/var/lib/broker-setup/guard';

/** Exists from arming until the change was confirmed or taken back. */
export const GUARD_RESTORE = `${FOLDER}/restore`;

/**
 * Protects a change that could cut the way in: keeps a copy of the guarded paths and arms a timer on the server that
 * brings them back, whatever happens to this computer or the link. The copy is taken before the first change.
 * @throws SetupError guard-failed; then nothing was changed
 */
export async function arm(host: Host, guard: Guard): Promise<void> {
  const { code, stderr } = await host.run({ script: armScript(guard) });
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
export async function disarm(host: Host): Promise<void> {
  // Looked at after the timer was stopped: it may have fired in between.
  const { code } = await host.run({
    script: sh`systemctl stop ${`${UNIT}.timer`}
! systemctl -q is-active ${`${UNIT}.service`} && [ -e ${GUARD_RESTORE} ] && rm -rf ${FOLDER}`,
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
    script: sh`if [ -e ${GUARD_RESTORE} ]; then systemctl start ${`${UNIT}.service`}; fi; systemctl stop ${`${UNIT}.timer`}`,
  });
}

function fired(): SetupError {
  return new SetupError(
    `The change was not proved within ${GUARD_SECONDS} seconds, so the server has taken it back.`,
    { code: 'guard-fired', hint: 'The server is as it was before this step. Run the same command again.' },
  );
}

/** Pure: exported for its test. */
export function armScript(guard: Guard): Sh {
  return sh`set -eu
systemctl stop ${`${UNIT}.timer`} ${`${UNIT}.service`} 2>/dev/null || true
systemctl reset-failed ${`${UNIT}.service`} 2>/dev/null || true
rm -rf ${FOLDER}
mkdir -p -m 0700 ${FOLDER}
: >${FOLDER}/present
for path in ${guard.paths}; do
  [ -e "$path" ] || continue
  printf '%s\n' "\${path#/}" >>${FOLDER}/present
done
tar -C / -cpf ${FOLDER}/copy.tar --files-from=${FOLDER}/present
printf %s ${restoreScript(guard).run} >${GUARD_RESTORE}
systemd-run --quiet --unit=${UNIT} --on-active=${GUARD_SECONDS} --timer-property=AccuracySec=1s --property=Type=oneshot sh ${GUARD_RESTORE} >/dev/null`;
}

/** Deletes nothing before the copy has been unpacked whole. */
function restoreScript(guard: Guard): Sh {
  return sh`cd / || exit 1
mkdir -p ${FOLDER}/old && tar -C ${FOLDER}/old -xpf ${FOLDER}/copy.tar || exit 1
for path in ${guard.paths}; do
  rm -rf "$path"
  if [ -e "${FOLDER}/old$path" ]; then mv "${FOLDER}/old$path" "$path"; fi
done
${guard.reload}
logger -t broker-setup 'A change that was not confirmed in time was taken back.'
rm -rf ${FOLDER}
`;
}
