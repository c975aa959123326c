import { knownKeysOnce, rememberKeys } from '../host/openssh.js';
import { newPace } from '../host/pace.js';
import type { Settings } from '../settings/schema.js';
import { say } from '../ui/screen.js';
import { type Entered, enter, firstTarget, limitedTarget } from './enter.js';
import { hostKeyPolicy } from './host-key-policy.js';
import { makeSecrets, type sessionFlags } from './session.js';

/**
 * Logs in for one look that is no check-up, and closes the connection.
 * @throws SetupError of every way in which a server can be out of reach or refuse the login
 */
export async function visit<T>(
  settings: Settings,
  rules: ReturnType<typeof sessionFlags>,
  look: (entered: Entered) => Promise<T>,
  signal = new AbortController().signal,
): Promise<T> {
  const known = knownKeysOnce();
  const first = await firstTarget(settings, rules.knownHosts);
  const limited = limitedTarget(first, settings);
  const entered = await enter({
    ...rules,
    first,
    limited,
    settings,
    secrets: await makeSecrets(settings, false),
    hostKey: hostKeyPolicy(rules, known),
    signal,
    pace: newPace(),
    say,
    newSudoPassword: () => undefined,
  });
  const { host } = entered;
  try {
    if (!(await known(limited)).some((key) => key.base64 === host.hostKey.base64))
      await rememberKeys(limited, [host.hostKey]);
    return await look(entered);
  } finally {
    await host.close();
  }
}
