import type { Secret } from '../../../sh.js';
import type { Credentials } from '../../host.js';
import type { ConnectOptions } from '../reach.js';
import type { Question } from './askpass.js';

/** What came of the questions of one login. */
export interface Asked {
  /** Set where the server asked something that a password does not answer. */
  asked: string | undefined;
  /** The server wants a new password first. */
  expired: boolean;
  /** Why a key could not be used; one sentence each. */
  notes: string[];
}

export interface Answers {
  result: Asked;
  answer(question: Question): Promise<Secret | undefined>;
}

/**
 * Answers what ssh asks, each thing once: the passphrase of a key that was named, the password, which goes to the ssh that logs in to the
 * server itself and to no other; and tells a person what a security key waits for. Everything else, such as a yes to a host key, gets no answer.
 * @param refuse ends the attempt where the server asks for what nobody can answer here; resolves once it has ended, as ssh would take no answer for an empty one
 * @param isOurs whether this process is the ssh that logs in to the server itself
 * @param waiting called with true while a person is asked, so that no clock runs against them
 */
export function answers(
  keys: Credentials['keys'],
  password: Secret | undefined,
  { passphrase, pin, patience }: Pick<ConnectOptions, 'passphrase' | 'pin' | 'patience'>,
  isOurs: (asker: number) => boolean,
  waiting: (asking: boolean) => void,
  refuse: () => Promise<void>,
): Answers {
  const result: Asked = { asked: undefined, expired: false, notes: [] };
  let given = false;

  const ofKey = async (named: string): Promise<Secret | undefined> => {
    // ssh cuts long names off after a hundred characters (sshconnect2.c, load_identity_file).
    const key = keys.find(({ file }) => file === named || (named.length >= 100 && file.startsWith(named)));
    const file = key?.file ?? named;
    const known = key?.passphrase ?? (await passphrase?.(file));
    if (known === undefined)
      result.notes.push(
        `The key ${file} is protected by a passphrase that was not given (BROKER_SETUP_KEY_PASSPHRASE).`,
      );
    return known;
  };

  const find = async ({ prompt, kind, asker }: Question): Promise<Secret | undefined> => {
    if (kind === 'none') {
      patience?.say(`${prompt.trim()}: touch your security key.`);
      return undefined;
    }
    if (kind === 'confirm') return undefined;
    const key = /^Enter passphrase for key '(.*?)'?: $/.exec(prompt)?.[1];
    if (key !== undefined) return ofKey(key);
    if (/^Enter PIN /.test(prompt)) return pin?.(prompt.replace(/:\s*$/, ''));
    if (!isOurs(asker)) return undefined;
    if (/'s (old|new) password: $/i.test(prompt)) {
      result.expired = true;
      await refuse();
      return undefined;
    }
    if (!given && password !== undefined) {
      given = true;
      return password;
    }
    result.asked = prompt.replace(/^\(\S+@\S+\) /, '').trim();
    await refuse();
    return undefined;
  };

  return {
    result,
    async answer(question) {
      waiting(true);
      try {
        return await find(question);
      } finally {
        waiting(false);
      }
    },
  };
}
