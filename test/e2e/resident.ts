import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { record } from './calls.js';
import { type Ground, type Output, transportFor } from './ground.js';

const BIN = fileURLToPath(new URL('../../bin/broker-setup.js', import.meta.url));

/**
 * Runs a program as somebody whose home, in the account database as well, is the test's folder: ssh(1) reads
 * ~/.ssh of the account and not of $HOME. A mount namespace of its own keeps the real files out of it.
 */
export async function resident(
  on: Ground,
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<Output> {
  const passwd = join(on.home, 'passwd');
  await writeFile(passwd, `root:x:0:0:root:${on.home}:/bin/sh\n`);
  const { exitCode, stdout, stderr } = await execa(
    'unshare',
    ['--mount', 'sh', '-c', 'mount --bind "$0" /etc/passwd && exec "$@"', passwd, ...command],
    {
      cwd: on.home,
      env: { HOME: on.home, NO_COLOR: '1', SSH_AUTH_SOCK: '', BROKER_SETUP_LOGIN_PASSWORD: '', ...env },
      reject: false,
      stdin: 'ignore',
    },
  );
  return { exitCode, stdout, stderr };
}

/** Runs the built program like that. */
export async function residentRun(
  on: Ground,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Output> {
  const { node, ended } = record(args);
  const output = await resident(on, ['node', ...node, BIN, ...args, ...transportFor(args)], env);
  await ended(output.exitCode);
  return output;
}

/** A new key pair in the test's folder. @returns the private file and the public line */
export async function makeKey(
  { home }: Ground,
  name: string,
  { type = 'ed25519', passphrase = '' }: { type?: 'ed25519' | 'rsa' | 'ecdsa'; passphrase?: string } = {},
): Promise<{ file: string; line: string }> {
  const file = join(home, name);
  await execa('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file]);
  const { stdout } = await execa('cat', [`${file}.pub`]);
  return { file, line: stdout.trim() };
}
