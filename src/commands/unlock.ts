import { EXIT, UsageError } from '../errors.js';
import { release } from '../run-log/lock.js';
import { parseRuns, runsProbe } from '../run-log/seen.js';
import { whoHolds } from '../run-log/sentences.js';
import { isAlive } from '../session/finish-interrupted-run.js';
import type { CommonFlags } from '../session/flags.js';
import { visit } from '../session/one-off-session.js';
import { confirm, interactive } from '../session/questions.js';
import { sessionFlags } from '../session/session.js';
import { knownSettings } from '../session/settings.js';
import { say, show } from '../terminal/screen.js';
import { symbol } from '../terminal/theme.js';
import { prose, wrap } from '../terminal/wrap.js';

/**
 * Takes the lock of a run off. That run then stops before its next change; a change that is under way is finished.
 * @returns the exit code
 * @throws UsageError where nobody is there to say yes
 */
export async function unlock(
  server: string | undefined,
  flags: CommonFlags & { yes?: boolean },
): Promise<number> {
  const settings = await knownSettings(server, flags);
  return visit(settings, sessionFlags(flags), async ({ host }) => {
    const { holder } = parseRuns(await host.run({ script: runsProbe }));
    if (!holder) {
      show(`${symbol.ok} ${wrap(`Nobody has the lock of ${settings.server}.`, 2)}\n`);
      return EXIT.ok;
    }
    say(wrap(`${whoHolds(holder)}.`, 0));
    if (isAlive(holder)) {
      say(prose('It is still connected. Without its lock it stops before its next change.'));
      if (!flags.yes && !interactive())
        throw new UsageError('The lock was left as it is: taking it off needs your yes.', [], {
          hint: 'Run it with --yes, or in a terminal to be asked.',
        });
      if (!flags.yes && !(await confirm('Take its lock off?', { preselected: false }))) return EXIT.cancelled;
    } else say(prose('Nothing is heard of it any more; the next run would have taken its place by itself.'));
    await host.run({ script: release(holder.run) });
    show(`${symbol.ok} ${wrap(`The lock of ${settings.server} is off.`, 2)}\n`);
    return EXIT.ok;
  });
}
