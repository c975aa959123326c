import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLost } from '../../../errors.js';
import { type RunCommand, SessionRefused } from '../channel.js';
import { OWN_SESSION } from './program.js';

/** Of an ssh that reports that it failed itself (ssh(1), EXIT STATUS); a script may end with it as well. */
const SSH_FAILED = 255;
/** How long the end of the connection may come after the end of a session over it, in milliseconds. */
const AFTER_MS = 1000;

/**
 * Commands over a connection that another ssh holds.
 * @param socket its control socket
 * @param lost rejects when that ssh ends
 */
export function overMaster(socket: string, name: string, lost: Promise<never>): RunCommand {
  // Where the other ssh does not take it, this one must not go and connect by itself.
  const args = [
    '-F',
    '/dev/null',
    '-S',
    socket,
    '-T',
    '-o',
    'ProxyCommand=false',
    '-o',
    'BatchMode=yes',
    '-o',
    'LogLevel=ERROR',
  ];
  return async (command, stdin, { onChannel, onStdout, onStderr }) => {
    const { execa } = await import('execa');
    const child = execa('ssh', [...args, '--', 'server', command], OWN_SESSION);
    let said = '';
    child.stdout.on('data', onStdout);
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 1000) said += chunk.toString('utf8');
      onStderr(chunk);
    });
    child.stdin.on('error', () => undefined);
    onChannel({
      cut: () => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.removeAllListeners('data');
          stream.resume();
        }
        child.kill('SIGTERM');
      },
      signals: false,
    });
    stdin.pipe(child.stdin);
    const { exitCode, signal } = await child;
    if (exitCode !== SSH_FAILED) return { code: exitCode ?? null, signal: signal ?? null };
    if (/^mux_client_request_session: .*refused/m.test(said))
      throw new SessionRefused(name, new Error(said.trim()));
    // Either the script's own, or the connection is gone; the ssh that holds it then ends as well.
    await Promise.race([lost, sleep(AFTER_MS, undefined, { ref: false })]);
    if (/^Control socket connect|^mux_client_/m.test(said))
      throw new ConnectionLost(name, new Error(said.trim()));
    return { code: exitCode, signal: null };
  };
}
