import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Cancelled, SetupError } from '../../../errors.js';
import { Secret } from '../../../sh.js';
import { closedEarly } from '../../failures.js';
import { declined, type HostKey, hostKey } from '../../trust/host-key.js';
import { takeTurn } from '../pace.js';
import { either } from '../patience.js';
import type { ConnectOptions } from '../reach.js';
import { watchdog } from '../watchdog.js';
import { type Answers, answers } from './answers.js';
import { type Askpass, openAskpass } from './askpass.js';
import { type Told, told } from './debug-output.js';
import { type Attempt, failureOf, tooSlow } from './failure.js';
import { controlSocket } from './folder.js';
import { accept, writtenKey } from './host-keys.js';
import { type Running, startSsh } from './program.js';
import type { Hop } from './way.js';

/** What one ssh came to. */
export interface Outcome {
  running: Running;
  told: Told;
  /** Of the login, where it failed. */
  failure: SetupError | undefined;
}

/** Starts one ssh after the other over the same way. */
export interface Logins {
  /** Asks a hop for its host key, and sends it no more than the user's name. @throws SetupError */
  look(hop: Hop): Promise<HostKey>;
  /** Logs in to the last hop; the ssh goes on and holds the connection. @throws SetupError, Cancelled, where nothing was learned */
  logIn(): Promise<Outcome>;
  /** What a hop is told that nobody has judged yet. */
  judge: string;
  close(): void;
}

export async function openLogins(
  hops: readonly Hop[],
  folder: string,
  options: ConnectOptions,
  timeoutMs: number,
): Promise<Logins> {
  let asking: Pick<Answers, 'answer'> | undefined;
  const askpass: Askpass = await openAskpass(folder, async (question) => asking?.answer(question));

  /** @param until what ends the wait, besides the end of ssh */
  const start = async (
    hop: Hop,
    args: readonly string[],
    until: (told: Told) => Promise<boolean>,
  ): Promise<Outcome> => {
    const { signal, pace } = options;
    const aborted = (): boolean => signal?.aborted === true;
    if (hop === hops.at(-1) && pace)
      await takeTurn(
        pace,
        options.patience?.say ?? (() => undefined),
        either(signal, options.patience?.stop),
      );
    if (aborted()) throw new Cancelled();
    let late = false;
    let connected = false;
    let running: Running | undefined;
    const clock = watchdog(timeoutMs, () => {
      late = true;
      running?.stop();
    });
    const cancel = (): void => running?.stop();
    signal?.addEventListener('abort', cancel, { once: true });
    const login = answers(
      hops.flatMap(({ credentials }) => credentials.keys),
      hop.credentials.password,
      options,
      (asker) => asker === running?.pid,
      (waiting) => (waiting ? clock.pause() : clock.go()),
      async () => {
        running?.stop();
        await running?.gone;
      },
    );
    let refusal: SetupError | undefined;
    const ofHostKey = async (shown: HostKey): Promise<Secret | undefined> => {
      clock.pause();
      try {
        hop.pins = await accept(hop.target, hop.policy, hop.known, shown);
        return new Secret(`* ${shown.type} ${shown.base64}`);
      } catch (error) {
        refusal = error instanceof SetupError ? error : declined(hop.target);
        return undefined;
      } finally {
        clock.go();
      }
    };
    asking = {
      answer: (question) =>
        question.kind === 'host-key'
          ? ofHostKey(hostKey(Buffer.from(question.prompt.split(' ')[1] ?? '', 'base64')))
          : login.answer(question),
    };
    let heard = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      heard = () => {
        const now = told(running?.stderr() ?? '');
        // Each stage has its time: the connection, then key exchange and login.
        if (now.connected && !connected) clock.go();
        connected = now.connected;
        until(now).then(
          (is) => (is ? resolve() : undefined),
          () => undefined,
        );
      };
    });
    try {
      running = await startSsh(['-F', hop.config, ...args, '--', hop.target.name], askpass.env, folder, () =>
        heard(),
      );
      const code = await Promise.race([running.ended, reached]);
      const seen = told(running.stderr());
      if (aborted()) throw new Cancelled();
      const attempt: Attempt = {
        target: hop.target,
        told: seen,
        asked: login.result,
        notes: hop.identities.notes,
        labels: hop.identities.labels,
        timeoutMs,
      };
      if (refusal !== undefined) throw refusal;
      if (late) throw tooSlow(attempt);
      return { running, told: seen, failure: code === undefined ? undefined : failureOf(attempt) };
    } finally {
      clock.pause();
      signal?.removeEventListener('abort', cancel);
    }
  };

  return {
    async look(hop) {
      const file = join(folder, 'seen');
      const set = (keyword: string, value: string): string[] => ['-o', `${keyword}=${value}`];
      const { running, failure } = await start(
        hop,
        [
          ...set('StrictHostKeyChecking', 'accept-new'),
          ...set('UserKnownHostsFile', `"${file}"`),
          ...set('IgnoreUnknown', 'KnownHostsCommand'),
          ...set('KnownHostsCommand', 'none'),
          ...set('PreferredAuthentications', 'none'),
          ...set('LogLevel', 'DEBUG1'),
          '-N',
        ],
        ({ ready }) => Promise.resolve(ready),
      );
      running.stop();
      const key = await writtenKey(file);
      if (key === undefined) throw failure ?? closedEarly(hop.target);
      return key;
    },
    logIn: () => {
      const socket = controlSocket(folder);
      const exists = (): Promise<boolean> =>
        access(socket).then(
          () => true,
          () => false,
        );
      // A greeting of the server may say that all is done; the socket is made by ssh.
      return start(hops.at(-1) as Hop, ['-M', '-S', socket, '-N'], async ({ ready }) => ready && exists());
    },
    judge: askpass.judge,
    close: () => askpass.close(),
  };
}
