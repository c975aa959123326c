import type { HostKeyPolicy } from '../host/trust/host-key.js';

type AskHostKey = NonNullable<HostKeyPolicy['ask']>;

/** What of a command's flags and terminal decides about host keys. */
export interface HostKeyRules {
  /** `SHA256:...` that an unknown server must show. */
  hostKey: string | undefined;
  askHostKey: HostKeyPolicy['ask'];
}

/** Whom every command trusts: keys in known_hosts, the one that --host-key names, or one that a person says yes to. */
export function hostKeyPolicy(
  { hostKey, askHostKey }: HostKeyRules,
  known: HostKeyPolicy['known'],
): HostKeyPolicy {
  return {
    ...(hostKey === undefined ? {} : { expected: hostKey }),
    known,
    ...(askHostKey ? { ask: onceForEach(askHostKey) } : {}),
  };
}

/** A login in two attempts meets the same key twice; it is asked about once. */
function onceForEach(ask: AskHostKey): AskHostKey {
  const answers = new Map<string, Promise<boolean>>();
  return (shown) => {
    const answer = answers.get(shown.fingerprint) ?? ask(shown);
    answers.set(shown.fingerprint, answer);
    return answer;
  };
}
