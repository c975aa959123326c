import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Release } from '../src/rehearsal/index.js';
import { type Ground, ground, hostKeyOf } from '../test/e2e/ground.js';
import { BIN, type Command, goOn, time } from './machine.js';

/** Where the CA bundle lies on a server that the peers set up: certbot needs it, and it is no part of what is timed. */
export const CA_FILE = '/etc/rehearsal-ca.pem';

/** A fresh server, with a known host key, a key that opens it for root, and an ssh(1) that reads no one's settings. */
export interface Fresh extends Ground {
  keyOfRoot: string;
  publicKey: string;
  /** Options of ssh(1), without a master connection. */
  ssh: readonly string[];
}

/** Boots a fresh server, hands it to `use`, and removes it whatever happens. @param begin boots another one */
export async function onFreshServer<T>(
  use: (server: Fresh) => Promise<T>,
  begin: (release: Release) => Promise<Ground> = ground,
): Promise<T> {
  goOn();
  const on = await begin('bookworm');
  try {
    const keyOfRoot = join(on.home, 'root-key');
    await time('ssh-keygen', { args: ['-q', '-t', 'ed25519', '-N', '', '-f', keyOfRoot] });
    const publicKey = (await readFile(`${keyOfRoot}.pub`, 'utf8')).trim();
    await on.inside(`mkdir -p -m 700 /root/.ssh; echo '${publicKey}' >>/root/.ssh/authorized_keys`);
    const host = (await on.inside('cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub')).trim();
    const knownHosts = join(on.home, 'known_hosts');
    await writeFile(knownHosts, `${on.server.address} ${host}\n`);
    const ssh = [
      '-F',
      'none',
      '-o',
      'BatchMode=yes',
      '-o',
      `UserKnownHostsFile=${knownHosts}`,
      '-o',
      'IdentitiesOnly=yes',
    ];
    return await use({ ...on, keyOfRoot, publicKey, ssh });
  } finally {
    await on.down();
  }
}

/** Lays down what certbot must trust here, for the peers; `init` brings it along by itself. */
export async function trustAcme(on: Fresh): Promise<void> {
  const bundle = await readFile(on.server.acme.caBundle);
  await on.inside(`echo ${bundle.toString('base64')} | base64 -d >${CA_FILE}`);
}

/** The first `init` on a server, in milliseconds, as a user would run it. */
export async function firstInit(on: Fresh): Promise<number> {
  const hostKey = await hostKeyOf(on);
  const started = performance.now();
  const { exitCode, stderr } = await on.run(['init', '--yes', '--host-key', hostKey]);
  if (exitCode !== 0) throw new Error(`init failed:\n${stderr}`);
  return performance.now() - started;
}

/** Where the program keeps what it remembers of the server. */
export const stateOf = ({ home }: Fresh): string => join(home, 'state');

/** What runs elsewhere than here has the words that take it there before it. */
const elsewhere = (
  there: readonly string[],
  program: string,
  { args, ...rest }: Command,
): [program: string, command: Command] => {
  const [first = program, ...words] = [...there, program, ...args];
  return [first, { args: words, ...rest }];
};

/**
 * The built program as its own process, with the settings and the known host keys of its user.
 * @param there put before the command, where it is to run elsewhere than here
 */
export function ourProgram(on: Fresh, command: readonly string[], there: readonly string[] = []) {
  const args = [BIN, ...command, '--config', 'broker.yaml', '--known-hosts', 'known_hosts'];
  const env = { HOME: on.home, XDG_STATE_HOME: stateOf(on), NO_COLOR: '1' };
  return elsewhere(there, process.execPath, { args, cwd: on.home, env });
}

/** `ssh server COMMAND` as the limited user. @param there as for ourProgram */
export function login(on: Fresh, there: readonly string[] = [], command = 'true') {
  const args = [...on.ssh, '-i', on.key, `researcher@${on.server.address}`, command];
  return elsewhere(there, 'ssh', { args });
}

/** Runs our program and measures the wall time. @param there as for ourProgram */
export const timeProgram = (on: Fresh, command: readonly string[], there: readonly string[] = []) =>
  time(...ourProgram(on, command, there));

/** `ssh server true` as the limited user, in milliseconds. @param there as for ourProgram */
export const timeLogin = async (on: Fresh, there: readonly string[] = []): Promise<number> =>
  (await time(...login(on, there))).ms;

/** Keeps a session of the limited user open for as long as `use` takes. */
export async function keptOpen<T>(on: Fresh, use: () => Promise<T>): Promise<T> {
  const [program, { args }] = login(on, [], 'echo open; exec cat');
  const session = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(session.stdout, 'data');
    return await use();
  } finally {
    session.stdin.end();
  }
}

/** A folder for as long as `use` takes. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'broker-setup-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
