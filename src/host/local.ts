import { execFile } from 'node:child_process';
import { SetupError } from '../errors.js';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs one of this computer's OpenSSH programs, with no stdin; a non-zero exit is a result.
 * Through node's own execFile and not execa, whose import alone takes as long as the rest of a short run.
 * @throws SetupError `no-openssh` where the program is not installed
 */
export function local(
  program: 'ssh' | 'ssh-keygen' | 'ssh-add',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { maxBuffer: 16 * 1024 * 1024, windowsHide: true, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(failed(program, error as Error));
        else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end();
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
