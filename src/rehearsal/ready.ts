import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../errors.js';

/**
 * Asks again and again until the answer is yes.
 * @param what the thing waited for, as it stands in the error message
 * @param why called when time is up, to say what is known about the cause
 */
export async function until(
  what: string,
  seconds: number,
  ask: () => Promise<boolean>,
  options: { signal?: AbortSignal | undefined; why?: () => Promise<string> } = {},
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await ask())) {
    options.signal?.throwIfAborted();
    if (Date.now() > end) {
      const why = (await options.why?.()) ?? '';
      throw new SetupError(`${what} did not answer within ${seconds} seconds.${why && `\n${why}`}`, {
        code: 'rehearsal-not-ready',
      });
    }
    await sleep(50);
  }
}

/** Whether an SSH server greets at this address: that something listens is not enough where ports are published. */
export function greetsSsh(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('data', (data) => answer(data.toString('latin1').startsWith('SSH-')));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => answer(false));
  });
}
