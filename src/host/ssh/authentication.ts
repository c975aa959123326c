import type { AuthHandlerMiddleware, NextAuthHandler, Prompt } from 'ssh2';
import type { Secret } from '../../sh.js';
import type { Offer } from './offers.js';

/** How far a login has come: what was tried, and what the server said last that it would accept. */
export interface Progress {
  tried: string[];
  offered: string[];
  /** Set where the server asked something that a password does not answer. */
  asked: string | undefined;
}

export interface Authentication {
  handler: AuthHandlerMiddleware;
  progress: Progress;
}

/**
 * Offers one thing after the other, each only while the server still accepts its method. Nothing is asked beforehand:
 * the first offer is made at once, which saves a round trip.
 * @param waiting called with true while a person is asked, so that no clock runs against them
 * @param refuse ends the attempt where the server asks for something that nobody can answer here
 */
export function authenticate(
  offers: readonly Offer[],
  password: Secret | undefined,
  waiting: (asking: boolean) => void,
  refuse: () => void,
): Authentication {
  const progress: Progress = { tried: [], offered: [], asked: undefined };
  const left = [...offers];
  const done = new Set<string>();
  const prompt = answer(password, progress, refuse);

  const next = async (
    accepted: readonly string[] | null,
  ): Promise<Parameters<NextAuthHandler>[0] | false> => {
    for (let offer = left.shift(); offer !== undefined; offer = left.shift()) {
      if (accepted !== null && offer.method !== 'none' && !accepted.includes(offer.method)) continue;
      // Refused as a plain password: asking for it in another way would only be a second failure.
      if (
        offer.method === 'keyboard-interactive' &&
        done.has('password') &&
        accepted?.includes('password') === true
      )
        continue;
      waiting(true);
      const method = await offer.open();
      waiting(false);
      if (method === undefined) continue;
      done.add(offer.method);
      if (offer.label !== '') progress.tried.push(offer.label);
      return method.type === 'keyboard-interactive' ? { ...method, prompt } : method;
    }
    return false;
  };

  return {
    progress,
    // ssh2 gives null before the server has said what it accepts, and takes false for "no more"; its types know neither.
    handler: (accepted: string[] | null, _partial, go) => {
      if (accepted !== null) progress.offered = accepted;
      next(accepted).then(go as (method: unknown) => void, () => (go as (method: unknown) => void)(false));
    },
  };
}

/**
 * The first hidden question is answered with the password, whatever its words (they may be in any language); a second
 * one, several at once or a visible one ask for something else, such as a code.
 */
function answer(password: Secret | undefined, progress: Progress, refuse: () => void) {
  let given = false;
  return (
    _name: string,
    _instructions: string,
    _language: string,
    prompts: Prompt[],
    finish: (answers: string[]) => void,
  ): void => {
    const [only] = prompts;
    if (!given && password !== undefined && prompts.length === 1 && only?.echo !== true) {
      given = true;
      finish([password.reveal()]);
      return;
    }
    progress.asked = prompts.map((one) => one.prompt.trim()).join(' ');
    refuse();
  };
}
