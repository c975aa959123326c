import { failed } from '../../local.js';

/** An ssh that goes on by itself. */
export interface Running {
  /** Its process id. */
  readonly pid: number | undefined;
  /** Once it has ended, with its exit code. */
  ended: Promise<number>;
  /** Once it has ended, though a program that it started may still hold its streams open. */
  gone: Promise<void>;
  /** All that it said so far, without end cut off. */
  stderr(): string;
  stop(): void;
}

/**
 * Starts what is named and ends it when its own standard input ends: so an ssh never outlives this program, not even one that is killed, and
 * a lock on the server goes with the run. It and ssh are a session of their own (setsid(2)), because Ctrl-C is for this program to decide
 * about: a change under way is finished over the very connection. An end without a line before it means that this program is gone; then
 * the folder goes as well.
 */
const KEEPER = `exec 3<&0
folder=$1; shift
"$@" </dev/null >/dev/null 3<&- &
it=$!
echo "$it"
{
  read -r bye <&3 || { gone=1; trap '' TERM; }
  kill "$it"
  [ -z "\${gone-}" ] || { sleep 1; rm -rf -- "$folder"; }
} >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$it"
code=$?
kill "$watch"
exit "$code"`;

/** For execa: a program in a session of its own, whose streams are raw and kept nowhere, and whose end is no error. */
export const OWN_SESSION = {
  detached: true,
  cleanup: false,
  buffer: false,
  reject: false,
  stdin: 'pipe',
  encoding: 'buffer',
} as const;

/** More than ssh tells of one login; a greeting without end does not fill the memory. */
const MOST_SAID = 256_000;

/**
 * @param folder is removed when this program is gone by then
 * @param heard called whenever it has said more
 */
export async function startSsh(
  args: readonly string[],
  env: Record<string, string>,
  folder: string,
  heard: () => void,
): Promise<Running> {
  // Loaded here: it takes longer than the rest of a short run over our own SSH.
  const { execa } = await import('execa');
  const child = execa('sh', ['-c', KEEPER, 'sh', folder, 'ssh', ...args], { ...OWN_SESSION, env });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let said = '';
  let pid: number | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    pid ??= Number(chunk.toString('utf8'));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < MOST_SAID) said += chunk.toString('utf8');
    heard();
  });
  child.stdin.on('error', () => undefined);
  const ended = child.then(({ exitCode, cause }) => {
    if (exitCode === undefined && cause instanceof Error) throw failed('ssh', cause);
    // As sh(1): not found.
    if (exitCode === 127) throw failed('ssh', Object.assign(new Error('not found'), { code: 'ENOENT' }));
    return exitCode ?? 255;
  });
  ended.catch(() => undefined);
  const stop = (): void => {
    child.stdin.end('\n');
  };
  ended.then(stop, stop);
  return {
    get pid() {
      return pid;
    },
    ended,
    gone,
    stderr: () => said,
    stop,
  };
}
