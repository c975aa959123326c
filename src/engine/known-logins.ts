import type { Emit } from './events.js';
import type { LoginOutcome, Outside } from './step.js';

type As = Parameters<Outside['login']>[0];

/**
 * The same eyes, which do not log in again for what a login has shown already: servers count connections and failures (ufw(8)
 * `limit`, fail2ban, sshd_config(5) PerSourcePenalties).
 * @param seen the latest login of the limited user with the key; undefined where nothing is known (any more)
 * @param keep called with a new one
 */
export function knowingLogins(
  outside: Outside,
  seen: () => Promise<LoginOutcome | undefined>,
  keep: (outcome: LoginOutcome) => void = () => undefined,
): Outside {
  const login: Outside['login'] = async (as, patience) => {
    const isKeyLogin = as === outside.keyLogin;
    if (isKeyLogin || isWithoutKey(as, outside)) {
      const known = answerFor(isKeyLogin, await seen());
      if (known) return known;
    }
    const outcome = await outside.login(as, patience);
    if (isKeyLogin && outcome.ok && outcome.sudo === true) keep(outcome);
    return outcome;
  };
  return { ...outside, login };
}

/**
 * Eyes for a run of `init`: a login that was proved is proved until something is changed.
 * @param entered the login of this very connection, where it was such a one and nothing was changed since
 */
export function untilTheNextChange(
  outside: Outside,
  emit: Emit,
  entered: LoginOutcome | undefined,
): { outside: Outside; emit: Emit } {
  let last = entered;
  const eyes = knowingLogins(
    outside,
    () => Promise.resolve(last),
    (outcome) => {
      last = outcome;
    },
  );
  return {
    outside: eyes,
    emit: (event) => {
      if (event.type === 'change') last = undefined;
      emit(event);
    },
  };
}

/** Pure. @returns undefined where it must be tried */
function answerFor(isKeyLogin: boolean, seen: LoginOutcome | undefined): LoginOutcome | undefined {
  if (!seen || isKeyLogin) return seen;
  // Before it took the key it named all that it would take; a password that it does not name is not even looked at.
  if (seen.offered.length === 0 || seen.offered.some((method) => PASSWORD_METHODS.includes(method)))
    return undefined;
  return { ok: false, offered: seen.offered, sudo: undefined, detail: 'only the key was taken' };
}

/** RFC 4252 section 8, RFC 4256. */
export const PASSWORD_METHODS: readonly string[] = ['password', 'keyboard-interactive'];

function isWithoutKey({ user, credentials: { keys, agent } }: As, { keyLogin }: Outside): boolean {
  return user === keyLogin.user && keys.length === 0 && !agent;
}
