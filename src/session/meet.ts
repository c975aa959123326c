import { LoginRefused, SetupError } from '../errors.js';
import { clean } from '../sanitize.js';
import { assign } from '../settings/assign.js';
import { complete } from '../settings/complete.js';
import { terminal } from '../settings/prompts.js';
import type { Draft, Settings } from '../settings/schema.js';
import { sh } from '../sh.js';
import { say } from '../terminal/screen.js';
import { symbol } from '../terminal/theme.js';
import { prose, wrap } from '../terminal/wrap.js';
import { NO_DOMAIN } from './discover.js';
import type { Typed } from './enter.js';
import type { CommonFlags } from './flags.js';
import { visit } from './one-off-session.js';
import { sessionFlags } from './session.js';

/**
 * Logs in to the server that the answers so far name, so that a wrong name, key or password shows before the other questions.
 * Nothing is changed there.
 * @param typed what a person types for a login that works is added here: the run asks for it no second time
 * @returns whether another server is to be named
 * @throws Cancelled on Ctrl-C
 */
export async function meet(
  draft: Draft,
  flags: CommonFlags,
  typed: Typed,
  signal: AbortSignal,
): Promise<'go-on' | 'rename'> {
  const settings = provisional(draft);
  // What is wrong with the settings themselves is told elsewhere.
  if (settings === undefined) return 'go-on';
  say(prose(`\nConnecting to ${settings.server} ...`));
  const given: Typed = new Map();
  try {
    const { user, system } = await visit(settings, sessionFlags(flags), seen, signal, given);
    for (const [question, answer] of given) typed.set(question, answer);
    say(`${symbol.ok} ${wrap(`Logged in to ${settings.server} as ${user} (${system}).`, 2)}`);
    return 'go-on';
  } catch (error) {
    if (!(error instanceof SetupError) || error.code === 'cancelled') throw error;
    say(`${symbol.bad} ${wrap(error.message, 2)}`);
    if (error.hint) say(`  ${wrap(error.hint, 2)}`);
    return whatNext(error, () => meet(draft, flags, typed, signal));
  }
}

async function seen({ host }: Parameters<Parameters<typeof visit>[2]>[0]) {
  const { stdout } = await host.run({ script: sh`. /etc/os-release 2>/dev/null; printf %s "$PRETTY_NAME"` });
  return { user: host.user, system: clean(stdout) || 'an unknown system' };
}

async function whatNext(error: SetupError, again: () => Promise<'go-on' | 'rename'>) {
  say('');
  const refused = error instanceof LoginRefused;
  const picked = await terminal.select({
    message: 'What now?',
    choices: [
      { value: 'rename', name: refused ? 'name another user or server' : 'name another server' },
      { value: 'again', name: 'try again' },
      { value: 'go-on', name: 'go on with the questions; it is tried again at their end', short: 'go on' },
    ],
    default: 'rename',
  });
  if (picked === 'again') return again();
  return picked === 'rename' ? 'rename' : 'go-on';
}

/** Settings that say how to log in, as far as the answers go; what else must be given is made up and never used. */
function provisional(draft: Draft): Settings | undefined {
  const madeUp = [
    { keys: ['domain'], value: draft.domain ?? NO_DOMAIN },
    { keys: ['broker'], value: { kind: 'mosquitto' } },
    { keys: ['protocols'], value: ['mqtt'] },
    { keys: ['certificate'], value: { agree_terms: true, directory: `https://${NO_DOMAIN}/` } },
  ];
  return complete(assign(draft, madeUp)).settings;
}
