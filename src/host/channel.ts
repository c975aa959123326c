import type { Readable } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';

/** How a command ended: without either where the link broke, or the server did not say. */
export interface Ended {
  code: number | null;
  signal: string | null;
}

export interface Listening {
  onChannel(channel: ClientChannel): void;
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
}

/**
 * Runs one command. Unlike node-ssh's execCommand it keeps nothing of what the command prints.
 * @throws Error of ssh2 where no channel was opened
 */
export function runCommand(
  client: Client,
  command: string,
  stdin: Readable,
  { onChannel, onStdout, onStderr }: Listening,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    client.once('error', reject);
    client.exec(command, (error, channel) => {
      client.removeListener('error', reject);
      if (error) {
        reject(error);
        return;
      }
      const ended: Ended = { code: null, signal: null };
      channel.on('data', onStdout);
      channel.stderr.on('data', onStderr);
      channel.on('exit', (code: number | null, signal?: string) => {
        ended.code = code;
        ended.signal = signal ?? null;
      });
      channel.on('close', () => resolve(ended));
      onChannel(channel);
      stdin.pipe(channel);
    });
  });
}

/** Cuts a channel: what still comes is dropped, and the connection stays usable. */
export function cut(channel: ClientChannel): void {
  try {
    for (const stream of [channel, channel.stderr]) {
      stream.removeAllListeners('data');
      stream.resume();
    }
    channel.signal('TERM');
    channel.close();
  } catch {
    // The channel is gone already: that is what was wanted.
  }
}
