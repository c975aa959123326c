import { setTimeout as sleep } from 'node:timers/promises';
import type { Emit } from '../engine/events.js';
import { look } from '../engine/look.js';
import { run, type StepOutcome } from '../engine/run.js';
import { Cancelled, ConnectionLost, SetupError } from '../errors.js';
import type { SshHost } from '../host/ssh.js';
import type { Settings } from '../settings/schema.js';
import { sh } from '../sh.js';
import { steps } from '../steps/index.js';
import { confirm, interactive } from './questions.js';
import type { Session } from './session.js';

/** How long a server may take to come back, in milliseconds; large ones with checks of their disks take minutes. */
const BACK_WITHIN_MS = 600_000;
const BETWEEN_TRIES_MS = 2000;

interface Restart {
  session: Session;
  settings: Settings;
  outcomes: StepOutcome[];
  emit: Emit;
  say(text: string): void;
  signal: AbortSignal;
}

/** Restarts the server where an update asks for it and it was agreed to, waits for it, and looks at every step again. */
export async function restartIfNeeded({
  session,
  settings,
  outcomes,
  emit,
  say,
  signal,
}: Restart): Promise<StepOutcome[]> {
  const looks = await look(session.host, steps, session.context);
  if (!looks.some((found) => found.findings.some((finding) => finding.change?.kind === 'reboot')))
    return outcomes;
  if (!(await agreed(settings))) {
    say('The server needs a restart to use its updated kernel. Do it when it suits you: sudo reboot');
    return outcomes;
  }
  say('Restarting the server and waiting for it ...');
  const before = await bootId(session.host);
  await session.host.run({ script: sh`systemctl reboot` }).catch(ignoreLost);
  const host = await waitFor(session, before, signal);
  try {
    say('The server is back. Looking at every step again ...');
    const again = await look(host, steps, session.context);
    return [...outcomes, ...(await run({ ...session, host, steps, emit, signal }, again))];
  } finally {
    await host.close();
  }
}

async function agreed({ reboot }: Settings): Promise<boolean> {
  if (reboot !== 'ask') return reboot === 'yes';
  return interactive() && confirm('The updates need a restart of the server. Restart it now?');
}

async function waitFor(session: Session, before: string, signal: AbortSignal): Promise<SshHost> {
  const end = Date.now() + BACK_WITHIN_MS;
  while (Date.now() < end) {
    if (signal.aborted) throw new Cancelled();
    await sleep(BETWEEN_TRIES_MS);
    const host = await session.reconnect().catch(() => undefined);
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

/** Differs after each boot: proc_sys_kernel(5), random/boot_id. */
async function bootId(host: SshHost): Promise<string> {
  return (await host.run({ script: sh`cat /proc/sys/kernel/random/boot_id` })).stdout.trim();
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof ConnectionLost)) throw error;
}
