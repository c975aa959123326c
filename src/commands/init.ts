import type { Event } from '../engine/events.js';
import type { Typed } from '../session/enter.js';
import { ofOthers } from '../session/finish-interrupted-run.js';
import type { InitFlags } from '../session/flags.js';
import { onInterrupt } from '../session/interrupt.js';
import { interactive } from '../session/questions.js';
import { DEFAULT_CONFIG, repeatCommand, unlockCommand } from '../session/repeat.js';
import { choosable, makeSecrets, openSession, sessionFlags } from '../session/session.js';
import { loadSettings } from '../session/settings.js';
import { saveConfig } from '../settings/save.js';
import { say } from '../terminal/screen.js';
import { prose, withCommand } from '../terminal/wrap.js';

/** @returns the exit code */
export async function init(server: string | undefined, flags: InitFlags): Promise<number> {
  const interrupt = onInterrupt(say);
  try {
    return (await setUp(server, flags, interrupt.signal)).exitCode;
  } finally {
    interrupt.stop();
  }
}

export interface SetUp {
  exitCode: number;
  /** How many changes were made. */
  changes: number;
}

/** Connect, look, show the plan, ask once, bring every step in place, tell what was done and proved. */
export async function setUp(
  server: string | undefined,
  flags: InitFlags,
  signal: AbortSignal,
): Promise<SetUp> {
  const typed: Typed = new Map();
  const { settings, asked } = await loadSettings(server, flags, typed, signal);
  // Whatever happens next, nobody has to type the answers again.
  if (asked) await saveConfig(flags.config ?? DEFAULT_CONFIG, settings);
  const secrets = await makeSecrets(settings);
  const choose =
    interactive() && !flags.yes && !flags.dryRun ? await choosable(settings, secrets) : undefined;
  const events: Event[] = [];
  const plan = () => import('./bring-in-place.js');
  try {
    say(prose(`Looking at ${settings.server} ...`));
    const session = await openSession({
      settings,
      secrets,
      choose,
      ...sessionFlags(flags),
      signal,
      typed,
      // Loaded while the server answers.
      meanwhile: () => {
        plan().catch(() => undefined);
      },
      ...(flags.dryRun ? {} : { settling: { say, unlock: unlockCommand(flags) } }),
    });
    if (flags.dryRun) for (const line of ofOthers(session.runs)) say(line);
    try {
      const { bringInPlace } = await plan();
      const exitCode = await bringInPlace(session, flags, signal, events);
      return { exitCode, changes: events.filter((event) => event.type === 'change').length };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (asked) say(withCommand('\nYour answers are kept. To go on:', repeatCommand(flags)));
    throw error;
  }
}
