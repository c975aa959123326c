import type { Inventory } from '../engine/inventory.js';
import type { Look } from '../engine/look.js';
import type { Asking, Context, Inside, LoginOutcome, Outside } from '../engine/step.js';
import { foundAt, reachableAt } from '../host/addresses.js';
import type { Target } from '../host/host.js';
import type { HostKeyPolicy } from '../host/host-key.js';
import { login } from '../proofs/login.js';
import type { Secret } from '../sh.js';
import { type Entered, keyCredentials } from './enter.js';

/** What is known of the way in once somebody is in. */
export interface WayIn {
  first: Target;
  limited: Target;
  entered: Pick<Entered, 'host' | 'firstLogin'>;
  /** Whom further connections must meet. */
  accepted: HostKeyPolicy;
  sudoPassword: Secret | undefined;
}

/** The eyes of proofs. @param inside what the latest look told; it may still be on its way */
export function eyes(
  { first, limited, entered, accepted, sudoPassword }: WayIn,
  context: Asking,
  inside: Promise<Inside>,
): Outside {
  const { settings, secrets, laptop } = context;
  const addresses = foundAt(first.jumps.length > 0 ? settings.domain : entered.host.address, laptop.dns);
  return {
    context,
    address: addresses[0] ?? entered.host.address,
    addresses,
    login: (as) => login(limited, as, accepted),
    keyLogin: {
      user: settings.user.name,
      credentials: keyCredentials(settings, secrets),
      ...(sudoPassword ? { sudoPassword } : {}),
    },
    firstLogin: entered.firstLogin,
    made: {},
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

/**
 * The same eyes, which need no connection to prove that the limited user gets in: the one of this very look is such a
 * login, with the key, and its probes run as root.
 * @param looked resolves once the probes have run
 */
export function knowingTheWayIn(outside: Outside, looked: Promise<unknown>): Outside {
  if (outside.firstLogin !== undefined) return outside;
  const { user } = outside.keyLogin;
  const same = async (): Promise<LoginOutcome> => {
    await looked;
    return { ok: true, offered: [], sudo: true, detail: `${user} logged in and reached root` };
  };
  return { ...outside, login: (as) => (as === outside.keyLogin ? same() : outside.login(as)) };
}
