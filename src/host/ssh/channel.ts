import type { Readable } from 'node:stream';
import type { NodeSSH } from 'node-ssh';
import type { Client, ClientChannel } from 'ssh2';
import { ConnectionLost, SetupError } from '../../errors.js';

/** How a command ended: without either where the link broke, or the server did not say. */
export interface Ended {
  code: number | null;
  signal: string | null;
}

/** A command that runs on the server, whatever carries it. */
export interface Channel {
  /** Ends it from here: what still comes is dropped, and the connection stays usable. */
  cut(): void;
  /** Whether the command then gets a signal; otherwise only its input and output are gone. */
  readonly signals: boolean;
}

export interface Listening {
  onChannel(channel: Channel): void;
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
}

/**
 * Runs one command for the login shell and hands on what it prints.
 * @throws ConnectionLost; SessionRefused
 */
export type RunCommand = (command: string, stdin: Readable, listening: Listening) => Promise<Ended>;

/** Commands over a connection of ssh2. */
export function overSsh2(ssh: NodeSSH, name: string): RunCommand {
  return async (command, stdin, listening) => {
    const client = ssh.connection;
    if (client === null) throw new ConnectionLost(name);
    try {
      return await runCommand(client, command, stdin, listening);
    } catch (error) {
      // ssh2 marks errors of the whole connection with a level, and tells of them before it counts as closed.
      if (!ssh.isConnected() || (error as { level?: unknown }).level !== undefined)
        throw new ConnectionLost(name, error);
      throw new SessionRefused(name, error);
    }
  };
}

/** The server opens no session for a command, so nothing of it has begun. */
export class SessionRefused extends SetupError {
  override name = 'SessionRefused';

  constructor(host: string, cause: unknown) {
    super(`${host} let us in, but does not let a command be started.`, {
      code: 'no-shell',
      hint: 'Its SSH server may allow no sessions (MaxSessions 0 in /etc/ssh/sshd_config or a file beside it): set it to 10, which is usual, in the console of your provider, and restart the SSH server.',
      cause,
    });
  }
}

/** Unlike node-ssh's execCommand it keeps nothing of what the command prints. */
function runCommand(
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
      // The server may close its end while a script is still being sent.
      channel.on('error', () => undefined);
      onChannel({ cut: () => cut(channel), signals: true });
      stdin.pipe(channel);
    });
  });
}

function cut(channel: ClientChannel): void {
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
