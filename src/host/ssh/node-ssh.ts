import { SetupError } from '../../errors.js';
import { unreachable } from '../failures.js';
import { type Credentials, ownCredentials, type Target } from '../host.js';
import type { LoginOptions, NodeConnection } from './connection.js';
import { takeTurn } from './pace.js';
import { either } from './patience.js';
import type { ConnectOptions, Reached } from './reach.js';
import { timeLeft } from './stage-timeout.js';
import { dial } from './tcp.js';

/**
 * Reaches a server by this program's own SSH, through its jump hosts, and logs in.
 * @throws SetupError as connect(), and `proxy-command`
 */
export async function reach(
  target: Target,
  credentials: Credentials,
  options: ConnectOptions,
): Promise<Reached> {
  for (const hop of [...target.jumps, target]) refuseProxyCommand(hop);
  const rules: LoginOptions = {
    hostKey: options.hostKey,
    signal: options.signal,
    passphrase: options.passphrase,
    timeoutMs: timeLeft(options),
    askFirst: options.askFirst,
  };
  const hops: NodeConnection[] = [];
  const leave = async (): Promise<void> => {
    for (const hop of [...hops].reverse()) await hop.close();
  };
  try {
    let address = target.hostname;
    for (const hop of [...target.jumps, target]) {
      const last = hop === target;
      const through = hops.at(-1);
      const lookUp = options.hostKey.known(hop);
      // Awaited only after the connection, which may fail first.
      lookUp.catch(() => undefined);
      if (last && options.pace)
        await takeTurn(
          options.pace,
          options.patience?.say ?? (() => undefined),
          either(options.signal, options.patience?.stop),
        );
      const reaching =
        through === undefined
          ? dial(hop, rules.timeoutMs, options.signal)
          : forward(through, hop, rules.timeoutMs);
      options.dialling?.();
      // With ssh2 in it: it is loaded while the first packets are under way.
      const [stream, { login }] = await Promise.all([reaching, import('./connection.js')]);
      if (last && 'remoteAddress' in stream) address = stream.remoteAddress ?? address;
      const { expected: _, ...jumpPolicy } = rules.hostKey;
      hops.push(
        await login(
          hop,
          stream,
          await lookUp,
          last ? credentials : ownCredentials(hop),
          last ? rules : { ...rules, hostKey: jumpPolicy, askFirst: false },
        ),
      );
    }
    return { address, connection: hops.at(-1) as NodeConnection, leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function forward(through: NodeConnection, to: Target, timeoutMs: number) {
  try {
    return await through.ssh.forwardOut('127.0.0.1', 0, to.hostname, to.port);
  } catch (error) {
    throw unreachable(to, error, timeoutMs);
  }
}

function refuseProxyCommand({ name, proxyCommand }: Target): void {
  if (proxyCommand === undefined) return;
  throw new SetupError(
    `~/.ssh/config reaches ${name} through a ProxyCommand, which this program's own SSH cannot follow.`,
    {
      code: 'proxy-command',
      hint: 'Run it with --transport openssh, which takes the ssh of this computer. Or use ProxyJump instead, or name the address of the server.',
    },
  );
}
