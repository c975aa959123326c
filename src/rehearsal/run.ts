import { access, constants } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { SetupError } from '../errors.js';
import type { Output } from './types.js';

/** Where Debian keeps the administrator's commands. */
const SBIN = process.platform === 'win32' ? [] : ['/usr/sbin', '/sbin'];

/** What a local command may be given. */
export interface RunOptions {
  input?: string;
  /** Interrupts the command. Without it the command runs to its end, as what tidies up must. */
  signal?: AbortSignal | undefined;
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs a command on this machine; a non-zero exit is a result, being interrupted an exception. */
export async function attempt(command: string, args: string[], options: RunOptions = {}): Promise<Output> {
  const { execa } = await import('execa');
  const { signal, env, input = '', ...rest } = options;
  const result = await execa(command, args, {
    reject: false,
    stripFinalNewline: false,
    input,
    ...rest,
    // A plain user's PATH on Debian lacks what podman needs for its networks.
    env: { PATH: [process.env.PATH, ...SBIN].join(delimiter), ...env },
    // What no signal may interrupt is kept out of reach of Ctrl-C too, which the terminal sends to the whole group.
    detached: signal === undefined && process.platform !== 'win32',
    ...(signal ? { cancelSignal: signal } : {}),
  });
  signal?.throwIfAborted();
  const code = result.exitCode ?? (result.code === 'ENOENT' ? 127 : 128);
  return {
    code,
    stdout: result.stdout,
    stderr: result.stderr || (code === 127 ? (result.shortMessage ?? '') : ''),
  };
}

/** Runs a command on this machine and returns what it printed; throws when it fails. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args, options);
  if (code === 0) return stdout;
  const last = readable(stderr.trim() || stdout.trim())
    .split('\n')
    .slice(-8)
    .join('\n');
  throw new SetupError(`${command} ${args[0] ?? ''} failed (exit code ${code}): ${last}`, {
    code: 'rehearsal-command-failed',
  });
}

/** Pure. What podman writes for log files (logrus: `time="…" level=error msg="…\\n…"`), as lines for people. */
export function readable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [, quoted] = /^time="[^"]*" level=\w+ msg=("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
      return quoted === undefined ? line : unquoted(quoted);
    })
    .join('\n')
    .replace(/\\n/g, '\n')
    .replaceAll('\\"', '"');
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

/** Whether a command is on the PATH, or where Debian keeps the administrator's. */
export async function has(command: string): Promise<boolean> {
  const places = [...(process.env.PATH ?? '').split(delimiter), ...SBIN];
  const found = await Promise.all(
    places.map((place) =>
      access(`${place}/${command}`, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
