import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Context, Proof } from '../engine/step.js';

/** refused: somebody answered no. filtered: nobody answered in time, as behind a firewall. */
export type PortSeen = 'open' | 'refused' | 'filtered';

/** How long a port may take to answer, in milliseconds. */
const PATIENCE = 3000;

/**
 * Where silence is what is hoped for, it is waited for to the end. A packet may get lost: three are sent, this many milliseconds
 * apart, instead of one that the system repeats after a second (RFC 6298, section 2).
 */
const TRIES_AT = [0, 150, 300];

/** How many times as long as an open port of the same server an answer may take; and never less than this, in milliseconds. */
const TIMES_OPEN = 4;
const PATIENCE_LEAST = 300;

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

/** Knocks several times at a port that should be silent. Never rejects. */
async function lookForSilence(address: string, port: number, patience: number): Promise<PortSeen> {
  const tries = TRIES_AT.map(async (after) => {
    await setTimeout(after);
    return lookAtPort(address, port, patience);
  });
  const seen = await Promise.all(tries);
  return seen.find((what) => what !== 'filtered') ?? 'filtered';
}

/** How long this server may take to answer from here, in milliseconds: measured at a port that is open, where there is one. */
async function patienceWith(address: string, open: number | undefined): Promise<number> {
  if (open === undefined) return PATIENCE;
  const begun = performance.now();
  if ((await lookAtPort(address, open)) !== 'open') return PATIENCE;
  return Math.max(PATIENCE_LEAST, TIMES_OPEN * (performance.now() - begun));
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
    ...(closed.length > 0 ? [closedProof(closed, open[0], broker.inner(settings).length > 0)] : []),
  ];
}

function openProof(ports: readonly number[]): Proof {
  return {
    id: 'ports.open',
    title: `Ports ${ports.join(', ')} answer from this computer`,
    async run({ address }) {
      const seen = await all(ports, (port) => lookAtPort(address, port));
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

/** @param open one that answers @param inner whether ports are among them that no listener is asked for on */
function closedProof(ports: readonly number[], open: number | undefined, inner: boolean): Proof {
  return {
    id: 'ports.closed',
    title: `${inner ? 'Unencrypted and internal' : 'Unencrypted'} ports (${ports.join(', ')}) are closed to the world`,
    async run({ address }) {
      const patience = await patienceWith(address, open);
      const seen = await all(ports, (port) => lookForSilence(address, port, patience));
      const answered = seen.filter(([, what]) => what === 'open');
      if (answered.length === 0) return { ok: true, detail: words(seen) };
      return {
        ok: false,
        detail: words(answered),
        hint: 'Something lets these ports through in spite of the firewall; Docker, for one, publishes ports past ufw.',
      };
    },
  };
}

function all(
  ports: readonly number[],
  look: (port: number) => Promise<PortSeen>,
): Promise<[number, PortSeen][]> {
  return Promise.all(ports.map(async (port): Promise<[number, PortSeen]> => [port, await look(port)]));
}

function words(seen: readonly [number, PortSeen][]): string {
  return seen.map(([port, what]) => `${port} ${what}`).join(', ');
}
