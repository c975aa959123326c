import { execFile } from 'node:child_process';
import { SetupError } from '../errors.js';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Long enough for a large RSA key to be made on a small computer, in milliseconds. `ssh -G` runs the commands of `Match exec`, and
 * ssh-add waits for an agent: either may never answer.
 */
const LIMIT_MS = 60_000;

/**
 * Runs one of this computer's OpenSSH programs, with no stdin; a non-zero exit is a result.
 * Through node's own execFile and not execa, whose import alone takes as long as the rest of a short run.
 * @throws SetupError `no-openssh` where the program is not installed, `openssh-failed` where it does not end
 */
export function local(
  program: 'ssh' | 'ssh-keygen' | 'ssh-add',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limitMs = LIMIT_MS,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        maxBuffer: 16 * 1024 * 1024,
        windowsHide: true,
        env: { ...process.env, ...env },
        timeout: limitMs,
        killSignal: 'SIGKILL',
      },
      (error, stdout, stderr) => {
        if (error?.killed && error.signal === 'SIGKILL') reject(endless(program, args, limitMs, error));
        else if (error !== null && typeof error.code !== 'number') reject(failed(program, error as Error));
        else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

function endless(program: string, args: readonly string[], limitMs: number, cause: Error): SetupError {
  return new SetupError(`${program} on this computer did not end within ${limitMs / 1000} seconds.`, {
    code: 'openssh-failed',
    hint: `Try it by hand: ${[program, ...args].join(' ')}`,
    cause,
  });
}

/** @param error as node reports a program that did not start or did not end by itself */
export function failed(program: string, error: Error & { code?: unknown }): SetupError {
  if (error.code === 'ENOENT') {
    return new SetupError(`This computer has no ${program}.`, {
      code: 'no-openssh',
      hint: installHint(process.platform),
      cause: error,
    });
  }
  return new SetupError(`${program} did not run: ${error.message}.`, {
    code: 'openssh-failed',
    cause: error,
  });
}

/** How to get OpenSSH's client. */
export function installHint(platform: NodeJS.Platform): string {
  if (platform === 'win32')
    return 'Windows: Settings > System > Optional features > Add a feature > OpenSSH Client; then open a new terminal.';
  if (platform === 'darwin') return 'macOS brings ssh and ssh-keygen in /usr/bin: check that it is in PATH.';
  return 'Install it with your package manager: `sudo apt install openssh-client` (Debian, Ubuntu), `sudo dnf install openssh-clients` (Fedora).';
}
