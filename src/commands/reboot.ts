import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../engine/events.js';
import { look } from '../engine/look.js';
import type { StepOutcome } from '../engine/run.js';
import { Cancelled, ConnectionLost, SetupError } from '../errors.js';
import { BROKEN_OFF, HUNG_UP, NOT_NOW } from '../host/ssh/cut-off.js';
import type { SshHost } from '../host/ssh/ssh.js';
import type { OpenRun } from '../run-log/open.js';
import { confirm, interactive } from '../session/questions.js';
import type { Session } from '../session/session.js';
import { sh } from '../sh.js';
import { steps } from '../steps/index.js';
import { rebootDue } from '../steps/update/reboot.js';
import { REBOOT, REBOOT_LATER, update } from '../steps/update.js';
import { prose } from '../terminal/wrap.js';
import { runSteps, type Watching } from './run-steps.js';

/** How long a server may take to come back, in milliseconds; large ones with checks of their disks take minutes. */
const BACK_WITHIN_MS = 600_000;
const BETWEEN_TRIES_MS = 2000;

/**
 * Restarts the server where an update asks for it and it was agreed to, waits for it, looks at every step again and makes
 * every proof again.
 * @returns what came of the second look; nothing where there was no restart
 */
export async function restartIfNeeded(
  session: Session,
  signal: AbortSignal,
  watching: Watching,
  record: OpenRun,
): Promise<StepOutcome[]> {
  const wanted = await rebootWanted(session);
  if (!wanted) return [];
  if (signal.aborted) throw new Cancelled();
  const { say } = watching;
  if (!(await agreed(session))) {
    watching.events.push({ type: 'warning', step: wanted.step, finding: REBOOT_LATER });
    return [];
  }
  say(prose('\nRestarting the server and waiting for it ...'));
  const before = await bootId(session.host);
  await session.host.run({ script: sh`systemctl reboot` }).catch(ignoreLost);
  const host = await waitFor(session, before, signal);
  watching.events.push({ type: 'change', ...wanted });
  await record.regain(host);
  say(prose('The server is back. Checking and proving every step again ...\n'));
  // This run may have made the key that is looked for on this computer.
  const context = await session.refresh(session.context);
  const again = await look(host, steps, context);
  return runSteps({ ...session, context, host, signal, record, changedBefore: true }, again, watching);
}

/** The need may have come with the updates of this very run, so it is checked again: alone, as a check of all steps takes seconds on a small server. */
async function rebootWanted({
  host,
  context,
}: Session): Promise<Omit<Extract<Event, { type: 'change' }>, 'type'> | undefined> {
  if (context.settings.reboot === 'no') return undefined;
  const { code } = await host.run({ script: rebootDue });
  return code === 0 ? { step: update.id, finding: REBOOT } : undefined;
}

async function agreed({ context }: Session): Promise<boolean> {
  const { reboot } = context.settings;
  if (reboot !== 'ask') return reboot === 'yes';
  return interactive() && confirm('The updates need a restart of the server. Restart it now?');
}

async function waitFor(session: Session, before: string, signal: AbortSignal): Promise<SshHost> {
  const end = Date.now() + BACK_WITHIN_MS;
  while (Date.now() < end) {
    if (signal.aborted) throw new Cancelled();
    await sleep(BETWEEN_TRIES_MS);
    const host = await session.reconnect().catch(unlessFinal);
    if (host === undefined) continue;
    if ((await bootId(host).catch(() => before)) !== before) return host;
    await host.close();
  }
  throw new SetupError(
    `The server did not come back within ${BACK_WITHIN_MS / 60_000} minutes after its restart.`,
    {
      code: 'not-back',
      hint: 'Look at it in the console of your provider. When it is up again, run the same command once more.',
    },
  );
}

/** A server that is on its way up is silent or hangs up, perhaps after its greeting; whatever else it says will not change by trying again. */
function unlessFinal(error: unknown): undefined {
  const passing = [
    'unreachable',
    'connection-closed',
    'connection-lost',
    'handshake-failed',
    HUNG_UP,
    NOT_NOW,
    BROKEN_OFF,
  ];
  if (!(error instanceof SetupError) || !passing.includes(error.code)) throw error;
}

/** Differs after each boot: proc_sys_kernel(5), random/boot_id. */
async function bootId(host: SshHost): Promise<string> {
  return (await host.run({ script: sh`cat /proc/sys/kernel/random/boot_id` })).stdout.trim();
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof ConnectionLost)) throw error;
}
