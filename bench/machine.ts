import { spawn } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The program as it was built. */
export const BIN = fileURLToPath(new URL('../bin/broker-setup.js', import.meta.url));

/** What a process is given and how it is to be judged. */
export interface Command {
  args: readonly string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  input?: string;
}

/** The least that a program of Node's can cost. */
export const bareNode: [program: string, command: Command] = [process.execPath, { args: ['-e', '0'] }];

const stop = new AbortController();

/** Ctrl-C ends what runs, so that whoever waits for it clears away; a second one ends at once. */
export function stopOnSignals(say: (line: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('stopping; what was started is removed first');
      stop.abort(new Error(`Stopped by ${signal}.`));
    });
  }
}

/** @throws Error once the bench was told to stop */
export function goOn(): void {
  stop.signal.throwIfAborted();
}

/**
 * Runs a program to its end and measures the wall time, in milliseconds.
 * Through node's own spawn: what execa does around it would count for the short ones.
 * @throws Error where it does not exit with 0; a figure of a run that failed would be none
 */
export async function time(
  program: string,
  { args, cwd, env, input }: Command,
): Promise<{ ms: number; said: string }> {
  const started = performance.now();
  goOn();
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: stop.signal,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  const ms = performance.now() - started;
  if (code !== 0)
    throw new Error(
      `${program} ${args.join(' ')} ended with ${code}:\n${said.split('\n').slice(-30).join('\n')}`,
    );
  return { ms, said };
}

/** How busy the machine is: figures of a busy one say little but as ratios. */
export function busy(): string {
  const [minute = 0] = loadavg();
  return `load ${minute.toFixed(1)} on ${cpus().length} cores`;
}
