import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type KeyboardAuthContext, type ServerChannel } from 'ssh2';
// Its compressor stays usable: the ssh of this computer asks for compression as well, and ssh2 is the server here.
import '../../src/host/ssh/compression.js';
import type { Target } from '../../src/host/host.js';
import { type HostKey, hostKey } from '../../src/host/trust/host-key.js';

export interface ServerOptions {
  /** Types of the host keys, in the order in which the server has them. */
  hostKeys?: ('ed25519' | 'ecdsa')[];
  /** Methods that it names to those it refuses. */
  methods?: ('publickey' | 'password' | 'keyboard-interactive')[];
  password?: string;
  /** Questions of keyboard-interactive, one round each; the first must be answered with the password. */
  questions?: { prompt: string; echo: boolean }[];
  /** The public key that is let in, as a line of a .pub file. */
  publicKey?: string;
  /** Shell text that runs before each command, as a noisy .bashrc does. */
  rc?: string;
  /** Says this instead of running anything, and keeps the channel open for a while. */
  forced?: string;
  /** Does with the channel of each command whatever it likes, instead of running anything. */
  hostile?: (channel: ServerChannel, command: string) => void;
  /** Directory that comes first in PATH, for a sudo of one's own; put into the bootstrap, which sets its own PATH. */
  path?: string;
  env?: Record<string, string>;
  /** The whole connection is destroyed after this many bytes of output. */
  dropAfter?: number;
  /** The link is silent: the TCP connection is taken, and nothing is ever said. */
  silent?: boolean;
  /** The first so many connections are closed at once, as sshd does where MaxStartups is reached. */
  turnAway?: number;
  /** Sessions at a time in a connection, as sshd's MaxSessions; one that has ended counts a moment longer, as there. */
  maxSessions?: number;
  /** Is said before a login, as sshd's Banner. */
  greeting?: string;
  /** Hangs up in the middle of each login. */
  breaksOff?: boolean;
}

export interface TestServer {
  port: number;
  hostKeys: HostKey[];
  /** Attempts to log in, as `method user`. */
  attempts: string[];
  connections: number;
  /** As `ssh -G` would have it. */
  target(more?: Partial<Target>): Target;
  /** Breaks all connections at once. */
  drop(): void;
  close(): Promise<void>;
}

/** An SSH server in this process that really runs what it is told, in sh, as the current user. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const pairs = (options.hostKeys ?? ['ed25519']).map((type) =>
    type === 'ecdsa' ? ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }) : ed25519({}),
  );
  const hostKeys = pairs.map((pair) => hostKey(publicBlob(pair.public)));
  const attempts: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const config = { hostKeys: pairs.map((pair) => pair.private), banner: options.greeting ?? '' };
  const sshd = new ssh2.Server(config, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (options.breaksOff === true) drop();
      else letIn(context, options, attempts);
    });
    let open = 0;
    client.on('session', (accept, reject) => {
      if (open >= (options.maxSessions ?? Number.POSITIVE_INFINITY)) {
        reject();
        return;
      }
      open += 1;
      const session = accept();
      session.on('close', () => setTimeout(() => (open -= 1), 30));
      session.on('exec', (acceptExec, _reject, { command }) => run(acceptExec(), command, options, client));
    });
    client.on('tcpip', (accept, reject, info) => {
      const onward = connect(info.destPort, info.destIP);
      onward.once('error', () => reject());
      onward.once('connect', () => {
        const channel = accept();
        onward.pipe(channel).pipe(onward);
        channel.on('close', () => onward.destroy());
        channel.on('error', () => onward.destroy());
      });
    });
  });
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (connections <= (options.turnAway ?? 0)) socket.destroy();
    else if (options.silent !== true)
      (sshd as unknown as { injectSocket(socket: Socket): void }).injectSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    hostKeys,
    attempts,
    get connections() {
      return connections;
    },
    target: (more = {}) => ({
      name: 'box',
      hostname: '127.0.0.1',
      port,
      user: 'root',
      identityFiles: [],
      identityAgent: 'none',
      identitiesOnly: false,
      knownHostsFiles: [],
      hostKeyAlias: undefined,
      jumps: [],
      proxyCommand: undefined,
      certificateFiles: [],
      sshOptions: [],
      transport: 'node',
      ...more,
    }),
    drop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}

function letIn(context: AuthContext, options: ServerOptions, attempts: string[]): void {
  attempts.push(`${context.method} ${context.username}`);
  const methods = options.methods ?? ['publickey', 'password'];
  const decide = (right: boolean): void => {
    if (right) context.accept();
    else context.reject(methods);
  };
  if (!methods.some((method) => method === context.method)) decide(false);
  else if (context.method === 'password') decide(context.password === options.password);
  else if (context.method === 'publickey') {
    decide(options.publicKey !== undefined && publicBlob(options.publicKey).equals(context.key.data));
  } else if (context.method === 'keyboard-interactive') question(context, options, 0, decide);
  else decide(false);
}

/** Asks one question after the other; the first answer must be the password. */
function question(
  context: KeyboardAuthContext,
  options: ServerOptions,
  index: number,
  decide: (right: boolean) => void,
): void {
  const next = (options.questions ?? [{ prompt: 'Password: ', echo: false }])[index];
  if (next === undefined) {
    decide(true);
    return;
  }
  context.prompt([next], (answers: string[]) => {
    if (index === 0 && answers[0] !== options.password) decide(false);
    else question(context, options, index + 1, decide);
  });
}

function run(channel: ServerChannel, command: string, options: ServerOptions, client: Connection): void {
  channel.on('error', () => undefined);
  if (options.hostile !== undefined) {
    options.hostile(channel, command);
    return;
  }
  if (options.forced !== undefined) {
    channel.write(options.forced);
    return;
  }
  const text =
    options.path === undefined ? command : command.replaceAll('PATH=/usr', `PATH=${options.path}:/usr`);
  const child = spawn('sh', ['-c', `${options.rc ?? ''}\n${text}`], {
    env: { ...process.env, ...options.env },
    // Without the terminal of whoever runs the tests, as under sshd.
    detached: true,
  });
  let sent = 0;
  const pass = (stream: { write(chunk: Buffer): unknown }) => (chunk: Buffer) => {
    sent += chunk.length;
    stream.write(chunk);
    if (options.dropAfter !== undefined && sent >= options.dropAfter)
      (client as unknown as { _sock: Socket })._sock.destroy();
  };
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', pass(channel));
  child.stderr.on('data', pass(channel.stderr));
  channel.on('close', () => child.kill());
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.replace(/^SIG/, ''));
    channel.end();
  });
}

/** One key in about 200 that ssh2 makes cannot be read. */
function ed25519(options: { comment?: string; cipher?: string; passphrase?: string; rounds?: number }) {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', options as { comment: string });
    if (!(ssh2.utils.parseKey(pair.private, options.passphrase) instanceof Error)) return pair;
  }
}

function publicBlob(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

/** A directory for the files of one test, with a key pair made by ssh2. */
export function scratch(): {
  directory: string;
  key(name: string, passphrase?: string): { file: string; public: string };
  remove(): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'broker-setup-'));
  return {
    directory,
    key(name, passphrase) {
      const protection = passphrase === undefined ? {} : { cipher: 'aes256-ctr', passphrase, rounds: 4 };
      const pair = ed25519({ comment: name, ...protection });
      const file = join(directory, name);
      writeFileSync(file, pair.private, { mode: 0o600 });
      writeFileSync(`${file}.pub`, `${pair.public}\n`);
      return { file, public: pair.public };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
