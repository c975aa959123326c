import { LoginRefused } from '../errors.js';
import type { Credentials, Target } from './host.js';
import type { ConnectOptions } from './reach.js';
import { connect, type SshHost } from './ssh.js';

export interface Candidate {
  target: Target;
  credentials: Credentials;
}

/**
 * Connects with the first candidate that is let in, one attempt each. Only a refused login leads to the next one: an
 * unreachable server or a wrong host key would be the same for all.
 * @returns the connection, and the candidate that opened it
 * @throws LoginRefused with all that was tried; whatever else connect throws
 */
export async function connectFirst<C extends Candidate>(
  candidates: readonly C[],
  options: ConnectOptions,
): Promise<{ host: SshHost; candidate: C }> {
  const refusals: LoginRefused[] = [];
  const remembering = { ...options, hostKey: askOnce(options.hostKey) };
  for (const candidate of candidates) {
    try {
      return { host: await connect(candidate.target, candidate.credentials, remembering), candidate };
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      refusals.push(error);
    }
  }
  const last = refusals.at(-1);
  if (last === undefined) throw new TypeError('connectFirst needs at least one candidate.');
  if (refusals.length === 1) throw last;
  throw new LoginRefused(refusals.map((refusal) => refusal.message).join(' '), last.hint ?? '', last.offered);
}

/** A person who has accepted a host key is not asked again for the next candidate. */
function askOnce(policy: ConnectOptions['hostKey']): ConnectOptions['hostKey'] {
  const { ask } = policy;
  if (ask === undefined) return policy;
  const accepted = new Set<string>();
  return {
    ...policy,
    async ask(shown) {
      const name = `${shown.host} ${shown.fingerprint}`;
      if (accepted.has(name)) return true;
      const yes = await ask(shown);
      if (yes) accepted.add(name);
      return yes;
    },
  };
}
