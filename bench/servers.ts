import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ground, ground, hostKeyOf } from '../test/e2e/ground.js';
import { goOn, time } from './machine.js';

const BIN = fileURLToPath(new URL('../bin/broker-setup.js', import.meta.url));

/** Where the CA bundle lies on a server that the peers set up: certbot needs it, and it is no part of what is timed. */
export const CA_FILE = '/etc/rehearsal-ca.pem';

/** A fresh server, with a known host key, a key that opens it for root, and an ssh(1) that reads no one's settings. */
export interface Fresh extends Ground {
  keyOfRoot: string;
  publicKey: string;
  /** Options of ssh(1), without a master connection. */
  ssh: readonly string[];
}

/** Boots a server, hands it to `use`, and removes it whatever happens. */
export async function onFreshServer<T>(use: (server: Fresh) => Promise<T>): Promise<T> {
  goOn();
  const on = await ground('bookworm');
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

/**
 * The built program as its own process, with the settings and the known host keys of its user.
 * @param there put before the command, where it is to run elsewhere than here
 */
export function timeProgram(
  on: Fresh,
  command: readonly string[],
  there: readonly string[] = [],
): Promise<{ ms: number; said: string }> {
  const own = ['--config', 'broker.yaml', '--known-hosts', 'known_hosts'];
  const [program = '', ...args] = [...there, process.execPath, BIN, ...command, ...own];
  const env = { HOME: on.home, XDG_STATE_HOME: stateOf(on), NO_COLOR: '1' };
  return time(program, { args, cwd: on.home, env });
}

/** `ssh server true` as the limited user, in milliseconds. @param there as for timeProgram */
export async function timeLogin(on: Fresh, there: readonly string[] = []): Promise<number> {
  const login = ['ssh', ...on.ssh, '-i', on.key, `researcher@${on.server.address}`, 'true'];
  const [program = '', ...args] = [...there, ...login];
  return (await time(program, { args })).ms;
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
