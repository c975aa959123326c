import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { type Rehearsal, type Release, up } from '../../src/rehearsal/index.js';
import { record } from './calls.js';

/** With BROKER_SETUP_TEST_TRANSPORT=openssh every run of the program takes this transport; read by the tests alone. */
const TRANSPORT: readonly string[] = process.env.BROKER_SETUP_TEST_TRANSPORT
  ? ['--transport', process.env.BROKER_SETUP_TEST_TRANSPORT]
  : [];

const BIN = fileURLToPath(new URL('../../bin/broker-setup.js', import.meta.url));

export interface Output {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** A powered-off server with which another server begins. */
export interface Beginning {
  /** Its disk; only ever read. */
  disk: string;
  rootPassword: string;
  /** Home of the user who has set it up, and the address that it had then. */
  home?: { folder: string; address: string };
  /** What issued its certificate, where that is to be named rather than the authority of the new rehearsal. */
  acme?: Rehearsal['acme'];
}

/** A run of the program that is under way. */
export interface Started {
  ended: Promise<Output>;
  /** As `kill -9` does, it and everything that it has started. */
  kill(): void;
}

/** A booted server and a folder that stands for a user's home: what an end-to-end test stands on. */
export interface Ground {
  server: Rehearsal;
  /** Home of the user who runs the program; it holds broker.yaml, the keys and known_hosts. */
  home: string;
  key: string;
  /** Writes broker.yaml: what the rehearsal needs, with `changes` over it. */
  configure(changes?: object): Promise<void>;
  /** Runs the built program as a user would; without a terminal. */
  run(args: string[], options?: { env?: Record<string, string>; signal?: AbortSignal }): Promise<Output>;
  /** Starts the built program, in a process group of its own, and does not wait for its end. */
  start(args: string[], options?: { env?: Record<string, string> }): Started;
  /** Runs a script inside as root and fails where it fails. */
  inside(script: string): Promise<string>;
  down(): Promise<void>;
}

/** Flags for a run of the program, where it connects and the test does not say how. */
export function transportFor(args: readonly string[]): readonly string[] {
  const connects = ['init', 'doctor', 'fingerprint', 'history', 'undo', 'unlock'].includes(args[0] ?? '');
  return connects && !args.includes('--transport') ? TRANSPORT : [];
}

/**
 * Boots a server.
 * @param from one that was set up, with whose disk and home this one begins; a fresh one by default
 */
export async function ground(release: Release, from?: Beginning): Promise<Ground> {
  const booted = await up({ release, way: 'nspawn', install: true, ...(from ? { base: from.disk } : {}) });
  const server = from
    ? { ...booted, rootPassword: from.rootPassword, ...(from.acme && { acme: from.acme }) }
    : booted;
  const home = await mkdtemp(join(tmpdir(), 'broker-setup-e2e-'));
  if (from?.home) await moveIn(from.home, home, server.address);
  const key = join(home, 'key');
  const settings = {
    version: 1,
    server: server.address,
    login: { user: 'root', port: server.sshPort },
    domain: server.domain,
    broker: { kind: 'mosquitto' },
    key: { file: key },
    certificate: {
      agree_terms: true,
      directory: server.acme.directory,
      ca_bundle: server.acme.caBundle,
      resolver: server.resolver,
    },
  };
  const program = (
    args: string[],
    node: readonly string[],
    env: Record<string, string>,
    more: { cancelSignal?: AbortSignal; detached?: true },
  ) => {
    // ssh(1) takes the home of the account, not $HOME, so the file is named.
    const own = ['init', 'doctor', 'fingerprint'].includes(args[0] ?? '')
      ? ['--known-hosts', join(home, 'known_hosts')]
      : [];
    return execa('node', [...node, BIN, ...args, ...own, ...transportFor(args)], {
      cwd: home,
      env: { HOME: home, BROKER_SETUP_LOGIN_PASSWORD: server.rootPassword, NO_COLOR: '1', ...env },
      reject: false,
      stdin: 'ignore',
      ...more,
    });
  };
  const made: Ground = {
    server,
    home,
    key,
    configure: (changes = {}) => writeFile(join(home, 'broker.yaml'), stringify({ ...settings, ...changes })),
    async run(args, { env = {}, signal } = {}) {
      const { node, ended } = record(args);
      const cancel = signal ? { cancelSignal: signal } : {};
      const { exitCode, stdout, stderr } = await program(args, node, env, cancel);
      await ended(exitCode);
      return { exitCode, stdout, stderr };
    },
    start(args, { env = {} } = {}) {
      const { node, ended } = record(args);
      const child = program(args, node, env, { detached: true });
      return {
        ended: child.then(async ({ exitCode, stdout, stderr }) => {
          await ended(exitCode);
          return { exitCode, stdout, stderr };
        }),
        kill: () => {
          const runs = child.exitCode === null && child.signalCode === null;
          if (runs && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        },
      };
    },
    async inside(script) {
      const { code, stdout, stderr } = await server.exec(script);
      if (code !== 0) throw new Error(`inside the server (exit code ${code}): ${script}\n${stderr}`);
      return stdout;
    },
    async down() {
      await server.down();
      await rm(home, { recursive: true, force: true });
    },
  };
  await made.configure();
  return made;
}

/** Brings the home of who set the snapshot up, for which the server is at another address now. */
async function moveIn(from: Required<Beginning>['home'], home: string, address: string): Promise<void> {
  await cp(from.folder, home, { recursive: true, preserveTimestamps: true });
  const known = join(home, 'known_hosts');
  await writeFile(known, (await readFile(known, 'utf8')).replaceAll(from.address, address));
}

/** The fingerprint that the server must show at first contact, as its console would tell it. */
export async function hostKeyOf({ inside }: Ground): Promise<string> {
  return (await inside('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? '';
}
