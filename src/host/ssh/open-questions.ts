import type { ConnectOptions } from './reach.js';

/** The questions to a person that one connect() asks. */
export interface OpenQuestions {
  /** The given options, with each question counted. */
  options: ConnectOptions;
  /** Resolves once no question is open. */
  allAnswered(): Promise<void>;
  /** Whether a question was answered since the last call. */
  answered(): boolean;
}

/** Counts the questions that a transport asks a person by these options. */
export function openQuestions(given: ConnectOptions): OpenQuestions {
  const open = new Set<Promise<unknown>>();
  let answers = 0;
  const counted =
    <Shown, Answer>(ask: (shown: Shown) => Promise<Answer>) =>
    (shown: Shown): Promise<Answer> => {
      const answer = ask(shown);
      const over = answer.then(
        () => {
          answers += 1;
        },
        () => undefined,
      );
      open.add(over);
      void over.then(() => open.delete(over));
      return answer;
    };
  const { hostKey, passphrase, pin } = given;
  return {
    options: {
      ...given,
      hostKey: { ...hostKey, ...(hostKey.ask ? { ask: counted(hostKey.ask) } : {}) },
      ...(passphrase ? { passphrase: counted(passphrase) } : {}),
      ...(pin ? { pin: counted(pin) } : {}),
    },
    async allAnswered() {
      while (open.size > 0) await Promise.all(open);
    },
    answered() {
      const any = answers > 0;
      answers = 0;
      return any;
    },
  };
}
