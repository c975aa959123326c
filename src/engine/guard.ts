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

/** Only after a new login was proved. */
export async function disarm(host: Host): Promise<void> {
  await host.run({ script: sh`systemctl stop ${`${UNIT}.timer`} && rm -rf ${FOLDER}` });
}

/** Takes the change back now, over the connection that still stands. */
export async function restoreNow(host: Host): Promise<void> {
  await host.run({
    script: sh`systemctl stop ${`${UNIT}.timer`}; [ ! -e ${GUARD_RESTORE} ] || sh ${GUARD_RESTORE}`,
  });
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
systemd-run --quiet --unit=${UNIT} --on-active=${GUARD_SECONDS} --timer-property=AccuracySec=1s sh ${GUARD_RESTORE} >/dev/null`;
}

function restoreScript(guard: Guard): Sh {
  return sh`cd / || exit 1
for path in ${guard.paths}; do rm -rf "$path"; done
tar -C / -xpf ${FOLDER}/copy.tar || exit 1
${guard.reload}
logger -t broker-setup 'A change that was not confirmed in time was taken back.'
rm -rf ${FOLDER}
`;
}
