import { watch } from '../doctor/checks/watch.js';
import { isInPlace } from '../engine/healthy.js';
import { EXIT } from '../errors.js';
import { openingOf } from '../session/finish-interrupted-run.js';
import type { DoctorFlags } from '../session/flags.js';
import { unlockCommand } from '../session/repeat.js';
import { makeSecrets, openSession, sessionFlags } from '../session/session.js';
import { knownSettings } from '../session/settings.js';
import { unchecked } from '../session/unchecked.js';
import { say, show } from '../terminal/screen.js';
import { symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';
import { printError } from '../ui/error.js';
import { agree, progressStyle, refuseWhereAPersonIsNeeded, showPlan } from './bring-in-place.js';
import { runSteps } from './run-steps.js';
import { underLock } from './under-lock.js';

const DONE = {
  present: 'The server checks itself every day, and tells you what has changed.',
  absent: 'There is no daily watch on the server.',
} as const;

/**
 * Lays the daily watch down on the server, or removes it: plan, question, change, check again.
 * @returns the exit code
 * @throws UsageError for settings that are missing; SetupError where the server could not be entered
 */
export async function changeWatch(
  wanted: 'present' | 'absent',
  server: string | undefined,
  flags: DoctorFlags,
  signal: AbortSignal,
): Promise<number> {
  const settings = await knownSettings(server, flags);
  const secrets = await makeSecrets(settings);
  const options = {
    settings,
    secrets,
    ...sessionFlags(flags),
    signal,
    settling: { say, unlock: unlockCommand(flags) },
  };
  const session = await unchecked(() =>
    openSession({ ...options, parts: () => Promise.resolve([watch(wanted)]) }),
  );
  try {
    const { looks } = session;
    if (!looks.every(isInPlace)) {
      showPlan(session, flags);
      refuseWhereAPersonIsNeeded(looks);
      await agree(`Make these changes on ${settings.server}?`, flags);
      const watching = { show: progressStyle(flags), verbose: flags.verbose === true, say, events: [] };
      const command = wanted === 'present' ? 'doctor --install-watch' : 'doctor --remove-watch';
      const opening = openingOf(session.runs, command, unlockCommand(flags));
      await underLock(session.host, opening, (record) =>
        runSteps({ ...session, signal, record }, looks, watching),
      );
    }
    show(`${symbol.ok} ${wrap(DONE[wanted], 2)}\n`);
    return EXIT.ok;
  } catch (error) {
    return printError(error, { verbose: flags.verbose === true });
  } finally {
    await session.close();
  }
}
