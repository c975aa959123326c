import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { quote } from 'shlex';
import { time } from './machine.js';
import { CA_FILE, type Fresh } from './servers.js';

const here = (name: string) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const ADMIN = 'researcher';
const DEVICE_PASSWORD = 'a-password-for-the-bench';

/** The guide's commands as one script over one ssh session, in milliseconds. */
export async function runGuide(on: Fresh): Promise<number> {
  const variables = {
    NAME: on.server.domain.split('.')[0] ?? '',
    DOMAIN: on.server.domain,
    ADMIN,
    PUBLIC_KEY: on.publicKey,
    ACME_DIRECTORY: on.server.acme.directory,
    REQUESTS_CA_BUNDLE: CA_FILE,
    DEVICE_PASSWORD,
  };
  const command = `env ${Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(' ')} bash -s`;
  const args = [...on.ssh, '-i', on.keyOfRoot, `root@${on.server.address}`, command];
  const { ms } = await time('ssh', { args, input: await readFile(here('guide.sh'), 'utf8') });
  return ms;
}

/** The playbook as `user`, with pipelining and one kept connection, as its manual advises; milliseconds and its recap. */
export async function runPlaybook(
  on: Fresh,
  user: 'root' | typeof ADMIN,
): Promise<{ ms: number; changed: number }> {
  const variables = {
    name: on.server.domain.split('.')[0],
    domain: on.server.domain,
    admin: ADMIN,
    public_key: on.publicKey,
    acme_directory: on.server.acme.directory,
    ca_file: CA_FILE,
    device_password: DEVICE_PASSWORD,
  };
  const control = join(on.home, 'master-%r');
  const shared = [...on.ssh, '-o', `ControlPath=${control}`];
  const address = on.server.address;
  const env = {
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_SSH_ARGS: [...shared, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=60s'].join(' '),
    ANSIBLE_HOME: join(on.home, 'ansible'),
    ANSIBLE_NOCOWS: '1',
    LC_ALL: 'C.UTF-8',
  };
  const who = ['-i', `${address},`, '-u', user, '--private-key', on.keyOfRoot];
  const args = [...who, '-e', JSON.stringify(variables), here('playbook.yml')];
  try {
    const { ms, said } = await time('ansible-playbook', { args, env });
    return { ms, changed: Number(/\bchanged=(\d+)/.exec(said)?.[1] ?? Number.NaN) };
  } finally {
    // The kept connection would outlive the run by a minute.
    await promisify(execFile)('ssh', [...shared, '-O', 'exit', `${user}@${address}`]).catch(() => undefined);
  }
}

/** Why the playbook cannot run on this machine; undefined where it can. */
export async function withoutAnsible(): Promise<string | undefined> {
  const modules = ['community.general.ufw', 'ansible.posix.authorized_key'];
  const found = await promisify(execFile)('ansible-doc', ['-t', 'module', '-j', ...modules], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  }).catch(() => undefined);
  return found && modules.every((name) => found.stdout.includes(`"${name}"`))
    ? undefined
    : 'ansible-playbook or its modules are not installed (apt-get install --no-install-recommends ansible)';
}
