import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { networkOf } from '../src/rehearsal/network.js';
import { goOn } from './machine.js';
import type { Fresh } from './servers.js';

/** There and back, in milliseconds: from one side of the world to the other. */
export const FAR_MS = 150;

/** What the figures from far away leave out, for those who read them. */
export const FAR_IS = `a laptop ${FAR_MS} ms away: a network namespace behind two taps that hold back each frame for half of that, so SSH, the broker's ports, ping and DNS all feel it, the opening of a connection and silence too. Not simulated: loss, jitter, narrow bandwidth. A real laptop's DNS is nearer.`;

const CABLE = fileURLToPath(new URL('long-cable.py', import.meta.url));
const run = promisify(execFile);

/** Why there is no such cable on this machine; undefined where there is. */
export async function withoutCable(): Promise<string | undefined> {
  try {
    await access('/dev/net/tun');
    await run('python3', ['--version']);
    return undefined;
  } catch {
    return 'this machine has no /dev/net/tun or no python3';
  }
}

/**
 * Takes a place in the server's network that is far away. Many kernels have no netem (tc-netem(8)), and a proxy answers
 * for the server before the server was asked: so frames travel over a cable of our own.
 * @param use is given what to put before a command that is to run there
 */
export async function fromFarAway<T>(
  { server }: Fresh,
  use: (there: readonly string[]) => Promise<T>,
): Promise<T> {
  goOn();
  const network = networkOf(Number(server.address.split('.')[2]));
  const name = `bench-${network.slot}`;
  const [near, far] = [`${name}-near`, `${name}-far`];
  const ip = (...args: string[]) => run('ip', args);
  const cable = spawn('python3', [CABLE, near, far, String(FAR_MS / 2)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await Promise.race([
      once(cable.stdout, 'data'),
      once(cable, 'close').then(([code]) => Promise.reject(new Error(`${CABLE} ended with ${code}.`))),
    ]);
    // What a bench that was killed has left; no other has a server in this slot.
    await ip('netns', 'del', name).catch(() => undefined);
    await ip('netns', 'add', name);
    await ip('link', 'set', near, 'netns', name);
    await ip('link', 'set', far, 'master', network.bridge, 'up');
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    // The gateways end in 1: these in 177.
    await ip('-n', name, 'addr', 'add', `${network.gateway}77/24`, 'dev', near);
    // As the rehearsal does, without IPv6 where the kernel has none.
    await ip('-n', name, 'addr', 'add', `${network.gateway6}77/64`, 'dev', near, 'nodad').catch(
      () => undefined,
    );
    await ip('-n', name, 'link', 'set', near, 'up');
    return await use(['nsenter', `--net=/run/netns/${name}`]);
  } finally {
    cable.stdin.end();
    await ip('netns', 'del', name).catch(() => undefined);
  }
}
