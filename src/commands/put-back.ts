import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '../engine/change.js';
import { arm, disarm, GUARD_SECONDS, restoreNow, untilRestored } from '../engine/guard.js';
import { GUARD_RESTORE } from '../engine/guard-paths.js';
import { SetupError } from '../errors.js';
import { changesOf, type RecordedRun } from '../run-log/history.js';
import type { OpenRun } from '../run-log/open.js';
import { accountFilesOf, type Kept, putBack, reactivate } from '../run-log/undo.js';
import type { Session } from '../session/session.js';
import { findWayIn, passwordOfFirst } from '../session/way-in.js';
import { lines, type Sh, sh } from '../sh.js';
import { symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';

const STEP = { id: 'undo', title: 'Undo a run' };

/**
 * Puts the files of a run back under the guard: it is confirmed by a login that was seen to work afterwards.
 * @throws SetupError `undo-failed`, `no-way-in`; then everything is as it was before
 */
export async function putBackSafely(
  session: Session,
  record: OpenRun,
  run: RecordedRun,
  kept: Kept,
  say: (text: string) => void,
): Promise<void> {
  const { id } = run;
  const { paths } = kept;
  const accounts = accountFilesOf(kept);
  const guardian = record.guarded(STEP);
  // Asked before: once the files are back, a clock runs.
  const password = await passwordOfFirst(session, [...paths, ...accounts.map(({ path }) => path)]);
  const asBefore = lines(reactivate(id), await keepRunning(session));
  await arm(session.host, { paths, accounts, reload: asBefore }, guardian);
  const script = lines(putBack(id), reactivate(id));
  const change: Change = { kind: 'run', script, undo: { files: paths, accounts, activate: asBefore } };
  const what = { summary: `Put back what the run ${id} has changed`, change };
  const { code, stdout, stderr } = await session.host.run({ script: record.recorded(STEP, what, script) });
  if (code !== 0) {
    await returnToBefore(session, record, say);
    throw new SetupError(`The files could not be put back: ${stderr.trim()}`, {
      code: 'undo-failed',
      hint: 'Everything is as it was before. Look whether the disk is full, then run the same command again.',
    });
  }
  const way = await findWayIn(session, password);
  if (!way) {
    await returnToBefore(session, record, say);
    throw noWayIn();
  }
  // The login that was proved is the one that confirms: the old connection may have lost its sudo.
  const host = await way.open();
  try {
    await disarm(host, guardian);
  } catch (error) {
    await host.close();
    throw error;
  }
  await record.regain(host);
  const failed = new Set([...stdout.matchAll(/^not-active=(\d+)$/gm)].map(([, n]) => Number(n)));
  for (const { summary } of changesOf(run).filter(({ n }) => failed.has(n))) say(notTaken(summary));
}

/** Old files may switch the broker off; where they go again, it is to run as it does now. */
async function keepRunning({ host, context }: Session): Promise<Sh> {
  const { unit } = context.broker;
  const script = sh`systemctl -q is-active ${unit} && echo active; systemctl -q is-enabled ${unit} && echo enabled; true`;
  const { stdout } = await host.run({ script });
  const now = stdout.split('\n');
  return lines(
    ...(now.includes('enabled') ? [sh`systemctl -q enable ${unit} || true`] : []),
    ...(now.includes('active') ? [sh`systemctl restart ${unit} || true`] : []),
  );
}

const BETWEEN_LOOKS_MS = 5000;

/** How long a busy server may take to put everything back and restart what uses it: two seconds where it has nothing else to do. */
const RESTORING_SECONDS = 120;

/** At once where the old connection still rules; otherwise the server does it by itself, and that is waited for. */
async function returnToBefore(session: Session, record: OpenRun, say: (text: string) => void): Promise<void> {
  const { keyLogin, login } = session.outside;
  const here = await restoreNow(session.host, record.guarded(STEP)).then(
    () => true,
    (error: unknown) => {
      if (error instanceof SetupError && error.code === 'not-restored') throw error;
      return false;
    },
  );
  if (here) return;
  say(
    wrap(
      `No login works after the undo. The server takes it back within ${GUARD_SECONDS} seconds; waiting ...`,
      0,
    ),
  );
  for (
    const end = Date.now() + (GUARD_SECONDS + RESTORING_SECONDS) * 1000;
    Date.now() < end;
    await sleep(BETWEEN_LOOKS_MS)
  ) {
    const seen = await login(keyLogin).catch(() => undefined);
    if (!seen?.ok || !seen.sudo) continue;
    // Only a new connection may rule again: for the old one sudo was refused.
    const host = await session.connectAs(keyLogin);
    await untilRestored(host);
    return record.regain(host);
  }
  throw new SetupError('The server has not taken the undo back in time.', {
    code: 'undo-failed',
    hint: `Look at it in the console of your provider: sudo sh ${GUARD_RESTORE}`,
  });
}

function noWayIn(): SetupError {
  return new SetupError('After the undo no login worked, so it was taken back.', {
    code: 'no-way-in',
    hint: 'The server is as it was before. Give the password of the first login in BROKER_SETUP_LOGIN_PASSWORD, or name its key (setting login.key), and run the same command again.',
  });
}

function notTaken(summary: string): string {
  return `${symbol.warn} ${wrap(`The files are back, but what uses them did not take them: ${summary}. See on the server: systemctl --failed`, 2)}`;
}
