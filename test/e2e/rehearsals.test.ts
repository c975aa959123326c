import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Rehearsal, up } from '../../src/rehearsal/index.js';
import { cacheDirectory } from '../../src/rehearsal/state.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Answers on port 7777 with what it is sent. */
const ECHO = `systemd-run --quiet python3 -c '
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536): self.request.sendall(data)
socketserver.ThreadingTCPServer(("0.0.0.0", 7777), Echo).serve_forever()'`;

let homes: string;
let server: Rehearsal;

beforeAll(async () => {
  homes = await mkdtemp(join(tmpdir(), 'bsr-homes-'));
});
afterAll(async () => {
  await server?.down();
  await rm(homes, { recursive: true, force: true, maxRetries: 5 });
});

/** A process of another user: its rehearsals are kept in another home, and it shares only the image. */
function otherHome() {
  const code = `import { up } from './src/rehearsal/index.js';
const { address } = await up({ way: 'nspawn', install: true });
console.log(address);
await new Promise((resolve) => setTimeout(resolve, 600_000));`;
  const child = execa('node', ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: REPOSITORY,
    env: { XDG_STATE_HOME: homes, XDG_CACHE_HOME: join(cacheDirectory(), '..') },
    reject: false,
  });
  const address = once(child.stdout, 'data').then(([data]) => String(data).trim());
  return { child, address };
}

/** A connection to the server over which something goes to and fro all the time. */
async function busyConnection(to: Rehearsal): Promise<{ socket: Socket; end(): number }> {
  await to.exec(ECHO);
  await to.exec('until ss -ltn | grep -q :7777; do sleep 0.1; done');
  const socket = connect({ host: to.address, port: 7777, noDelay: true });
  let [sent, received] = [0, 0];
  socket.on('data', (data) => (received += data.length)).on('error', () => undefined);
  await once(socket, 'connect');
  const timer = setInterval(() => (sent += socket.write('x') ? 1 : 0), 20);
  return {
    socket,
    end() {
      clearInterval(timer);
      expect(sent - received).toBeLessThan(50);
      return received;
    },
  };
}

const interfaces = async () => (await execa('ip', ['-brief', 'link'])).stdout;
const bridgeOf = (address: string) => `bsr-br${address.split('.')[2]} `;

it('a busy server notices nothing of others that come and go, be it in another home', async () => {
  const other = otherHome();
  // At the same moment: both look for a free subnet.
  const [mine, theirs] = await Promise.all([up({ way: 'nspawn', install: true }), other.address]);
  server = mine;
  expect(theirs).toMatch(/^10\.213\.\d+\.10$/);
  expect(theirs).not.toBe(server.address);
  const connection = await busyConnection(server);
  // Whoever names no server means those that nobody is using.
  const all = `import { down } from './src/rehearsal/index.js'; console.log(JSON.stringify(await down()));`;
  const { stdout } = await execa('node', ['--import', 'tsx', '--input-type=module', '-e', all], {
    cwd: REPOSITORY,
  });
  expect(JSON.parse(stdout).inUse).toContain(server.name);

  // The other user's process is killed and the home deleted: nobody is left who could remove the server by its name.
  other.child.kill('SIGKILL');
  await other.child;
  await rm(homes, { recursive: true, force: true, maxRetries: 5 });
  expect(await interfaces()).toContain(bridgeOf(theirs));

  // The next one clears that away first, and so may have its subnet.
  const next = await up({ way: 'nspawn' });
  if (next.address !== theirs) expect(await interfaces()).not.toContain(bridgeOf(theirs));
  await Promise.all([next.down(), next.down()]);

  expect(connection.socket.destroyed).toBe(false);
  expect(connection.end()).toBeGreaterThan(100);
  expect(await interfaces()).toContain(bridgeOf(server.address));
  expect(await interfaces()).not.toContain(bridgeOf(next.address));
  expect((await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8')).trim()).toBe('1');
});
