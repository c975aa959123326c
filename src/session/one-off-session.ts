import { newPace } from '../host/ssh/pace.js';
import { knownKeysOnce, rememberKeys } from '../host/trust/known-hosts.js';
import type { Settings } from '../settings/schema.js';
import { say } from '../terminal/screen.js';
import { type Entered, enter, firstTarget, type Typed } from './enter.js';
import { hostKeyPolicy } from './host-key-policy.js';
import { makeSecrets, type sessionFlags } from './session.js';
import { orWithOpenssh, withTransport } from './transport.js';

/**
 * Logs in for one look that is no check-up, and closes the connection.
 * @param typed as Entrance.typed
 * @throws SetupError of every way in which a server can be out of reach or refuse the login
 */
export async function visit<T>(
  settings: Settings,
  rules: ReturnType<typeof sessionFlags>,
  look: (entered: Entered) => Promise<T>,
  signal = new AbortController().signal,
  typed?: Typed,
): Promise<T> {
  const known = knownKeysOnce();
  const target = await firstTarget(settings, rules.knownHosts);
  const transport = { transport: rules.transport, say };
  const secrets = await makeSecrets(settings);
  const hostKey = hostKeyPolicy(rules, known);
  const pace = newPace();
  const entered = await orWithOpenssh(
    await withTransport(target, settings.key.file, known, transport),
    transport,
    (first) =>
      enter({
        ...rules,
        first,
        settings,
        secrets,
        hostKey,
        signal,
        pace,
        say,
        newSudoPassword: () => undefined,
        ...(typed ? { typed } : {}),
      }),
  );
  const { host, limited } = entered;
  try {
    if (!(await known(limited)).some((key) => key.base64 === host.hostKey.base64))
      await rememberKeys(limited, [host.hostKey]);
    return await look(entered);
  } finally {
    await host.close();
  }
}
