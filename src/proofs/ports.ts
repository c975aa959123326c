import { connect } from 'node:net';
import type { Context, Proof } from '../engine/step.js';

/** refused: somebody answered no. filtered: nobody answered in time, as behind a firewall. */
export type PortSeen = 'open' | 'refused' | 'filtered';

/** How long a port may take to answer, in milliseconds. */
const PATIENCE = 3000;

/** The same where silence is what is hoped for, and is waited for to the end: enough for a second try (RFC 6298: after 1 s). */
const SILENCE = 1500;

/** Looks at one TCP port as a stranger does. Never rejects. */
export function lookAtPort(address: string, port: number, patience = PATIENCE): Promise<PortSeen> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const seen = (what: PortSeen) => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(patience, () => seen('filtered'));
    socket.once('connect', () => seen('open'));
    // A firewall that rejects says "host unreachable" or "not permitted", a closed port says "connection refused": all three are a no.
    socket.once('error', (error: NodeJS.ErrnoException) =>
      seen(error.code === 'ETIMEDOUT' ? 'filtered' : 'refused'),
    );
  });
}

/** The broker's open ports are open to the world, and those it could open but was not asked to are not. */
export function portProofs(context: Context): Proof[] {
  const { broker, settings } = context;
  const tcp = (exposure: typeof settings.exposure, reach?: 'world') =>
    broker
      .listeners({ ...settings, exposure })
      .filter((listener) => listener.transport === 'tcp' && (reach === undefined || listener.reach === reach))
      .map(({ port }) => port);
  const open = tcp(settings.exposure, 'world');
  const closed = [...new Set([...tcp('guide'), ...tcp(settings.exposure), ...broker.inner(settings)])].filter(
    (port) => !open.includes(port),
  );
  return [
    ...(open.length > 0 ? [openProof(open)] : []),
    ...(closed.length > 0 ? [closedProof(closed, broker.inner(settings).length > 0)] : []),
  ];
}

function openProof(ports: readonly number[]): Proof {
  return {
    id: 'ports.open',
    title: `Ports ${ports.join(', ')} answer from this computer`,
    async run({ address }) {
      const seen = await all(address, ports);
      const silent = seen.filter(([, what]) => what !== 'open');
      if (silent.length === 0) return { ok: true, detail: 'all open' };
      return {
        ok: false,
        detail: words(silent),
        hint: silent.some(([, what]) => what === 'filtered')
          ? "No answer at all usually means a firewall in front of the server: open these ports in the provider's console, too (security group, cloud firewall)."
          : 'The server was reached and said no: look at the broker with `broker-setup doctor`.',
      };
    },
  };
}

/** @param inner whether ports are among them that no listener is asked for on */
function closedProof(ports: readonly number[], inner: boolean): Proof {
  return {
    id: 'ports.closed',
    title: `${inner ? 'Unencrypted and internal' : 'Unencrypted'} ports (${ports.join(', ')}) are closed to the world`,
    async run({ address }) {
      const seen = await all(address, ports, SILENCE);
      const open = seen.filter(([, what]) => what === 'open');
      if (open.length === 0) return { ok: true, detail: words(seen) };
      return {
        ok: false,
        detail: words(open),
        hint: 'Something lets these ports through in spite of the firewall; Docker, for one, publishes ports past ufw.',
      };
    },
  };
}

function all(address: string, ports: readonly number[], patience?: number): Promise<[number, PortSeen][]> {
  return Promise.all(
    ports.map(async (port): Promise<[number, PortSeen]> => [port, await lookAtPort(address, port, patience)]),
  );
}

function words(seen: readonly [number, PortSeen][]): string {
  return seen.map(([port, what]) => `${port} ${what}`).join(', ');
}
