import type { Inventory } from '../engine/inventory.js';
import { knowingLogins } from '../engine/known-logins.js';
import type { Look } from '../engine/look.js';
import type { Asking, Context, Inside, LoginOutcome, Outside } from '../engine/step.js';
import type { Target } from '../host/host.js';
import { foundAt, reachableAt } from '../host/network/addresses.js';
import type { Pace } from '../host/ssh/pace.js';
import type { HostKeyPolicy } from '../host/trust/host-key.js';
import { login } from '../proofs/login.js';
import type { Secret } from '../sh.js';
import { prose } from '../terminal/wrap.js';
import { type Entered, keyCredentials } from './enter.js';

/** What is known of the way in once somebody is in. */
export interface WayIn {
  first: Target;
  limited: Target;
  entered: Pick<Entered, 'host' | 'firstLogin'>;
  /** Whom further connections must meet. */
  accepted: HostKeyPolicy;
  sudoPassword: Secret | undefined;
  /** Its connections so far. */
  pace: Pace;
  /** Told why somebody has to wait, where nobody else is. */
  say(text: string): void;
}

/** For how long a look from outside that is no part of a change tries to log in, in milliseconds. */
const PATIENCE_MS = 60_000;

/** The eyes of proofs. @param inside what the latest look told; it may still be on its way */
export function eyes(
  { first, limited, entered, accepted, sudoPassword, pace, say }: WayIn,
  context: Asking,
  inside: Promise<Inside>,
): Outside {
  const { settings, secrets, laptop } = context;
  const addresses = foundAt(first.jumps.length > 0 ? settings.domain : entered.host.address, laptop.dns);
  return {
    context,
    address: addresses[0] ?? entered.host.address,
    addresses,
    login: (as, patience = { until: performance.now() + PATIENCE_MS, say: (text) => say(prose(text)) }) =>
      login(limited, as, accepted, { patience, pace }),
    keyLogin: {
      user: settings.user.name,
      credentials: keyCredentials(settings, secrets),
      ...(sudoPassword ? { sudoPassword } : {}),
    },
    firstLogin: entered.firstLogin,
    made: secrets.deviceGiven ? { devicePassword: secrets.devicePassword } : {},
    inside,
  };
}

/** Pure. What a look has told of the inside, for proofs. @param found addresses as eyes() found them */
export function insideOf(looks: readonly Look[], { server }: Context, found: readonly string[]): Inside {
  return {
    facts: looks.flatMap(({ facts }) => facts),
    inventory: Object.assign({}, ...looks.map(({ inventory }) => inventory)) as Inventory,
    addresses: reachableAt(found, server.addresses),
  };
}

/** The login that this very connection is; undefined where the door was opened in another way than the proofs are about. */
export function loginOf(
  { keyLogin: { user }, firstLogin }: Outside,
  offered: readonly string[],
): LoginOutcome | undefined {
  if (firstLogin !== undefined) return undefined;
  return { ok: true, offered: [...offered], sudo: true, detail: `${user} logged in and reached root` };
}

/**
 * The same eyes, which need no connection to prove that the limited user gets in: the one of this very look is such a
 * login, with the key, and its probes run as root.
 * @param looked resolves once the probes have run
 * @param offered what the server said it would accept, where it was asked
 */
export function knowingTheWayIn(
  outside: Outside,
  looked: Promise<unknown>,
  offered: readonly string[] = [],
): Outside {
  const entered = loginOf(outside, offered);
  if (!entered) return outside;
  return knowingLogins(outside, async () => {
    await looked;
    return entered;
  });
}
