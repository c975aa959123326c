import { connect, type Socket } from 'node:net';
import { Cancelled } from '../../errors.js';
import { unreachable } from '../failures.js';
import type { Target } from '../host.js';

/** Node gives an address 250 ms before it tries the next one: too little for a server on the other side of the world. */
const NEXT_ADDRESS_MS = 2500;

/**
 * Opens the TCP connection, to the first address of the name that answers.
 * @throws SetupError `unreachable`; Cancelled
 */
export async function dial(
  target: Target,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const socket = connect({
    host: target.hostname,
    port: target.port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  });
  // A server may hang up before ssh2 listens: unheard, that error would end the process. Who logs in sees that the socket is destroyed.
  socket.on('error', () => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        reject(error);
      };
      const stop = (): void => fail(new Cancelled());
      const timer = setTimeout(
        () => fail(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
        timeoutMs,
      );
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted === true) stop();
      socket.once('error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        socket.removeListener('error', fail);
        resolve();
      });
    });
  } catch (error) {
    socket.destroy();
    throw error instanceof Cancelled ? error : unreachable(target, error, timeoutMs);
  }
  return socket;
}
