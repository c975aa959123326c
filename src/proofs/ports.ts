import { isIPv6 } from 'node:net';
import type { Inventory, PortLook, PortSeen } from '../engine/inventory.js';
import type { Asking, Outside, Proof, Proved } from '../engine/step.js';
import { whyClosed, whyOpen } from './explain.js';
import { lookAtPort, lookForSilence, patienceWith } from './port.js';
import { askUdp, coapPing, dtlsHello } from './udp.js';

/** The broker's open ports are open to the world, over IPv4 and IPv6, and those it could open but was not asked to are not. */
export function portProofs(context: Asking): Proof[] {
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
  const udp = broker
    .listeners(settings)
    .filter(({ transport, reach }) => transport === 'udp' && reach === 'world');
  return [
    ...(open.length > 0 ? [openProof(open)] : []),
    ...(udp.length > 0 ? [udpProof(udp)] : []),
    ...(closed.length > 0 ? [closedProof(closed, open, broker.inner(settings).length > 0)] : []),
  ];
}

function openProof(ports: readonly number[]): Proof {
  return {
    id: 'ports.open',
    title: `Ports ${ports.join(', ')} answer from this computer`,
    async run(outside) {
      const looks = await everywhere(outside, (addresses) => eachPort(addresses, ports, lookAtPort));
      return judgeOpen(looks, ['open'], (await outside.inside).inventory);
    },
  };
}

function udpProof(listeners: readonly { port: number; tls: boolean }[]): Proof {
  const ports = listeners.map(({ port }) => port);
  const encrypted = new Set(listeners.filter(({ tls }) => tls).map(({ port }) => port));
  return {
    id: 'ports.udp',
    title: `UDP ports ${ports.join(', ')} answer from this computer`,
    async run(outside) {
      const ask = (address: string, port: number) =>
        askUdp(address, port, encrypted.has(port) ? dtlsHello() : coapPing());
      const looks = await everywhere(outside, (addresses) => eachPort(addresses, ports, ask, 'udp'));
      return judgeOpen(looks, ['open'], (await outside.inside).inventory);
    },
  };
}

/** certbot's own listener is there for moments only (RFC 8555 section 8.3): a port that says "nobody here" lets it through. */
export const renewalPort: Proof = {
  id: 'ports.renewals',
  title: 'Port 80 lets the certificate authority through',
  async run(outside) {
    const looks = await everywhere(outside, (addresses) => eachPort(addresses, [80], lookAtPort));
    // What listens there is no part of the question.
    const { listeners: _, ...asked } = (await outside.inside).inventory;
    return judgeOpen(looks, ['open', 'refused'], asked);
  },
};

/** @param open those that should answer @param inner whether ports are among them that no listener is asked for on */
function closedProof(ports: readonly number[], open: readonly number[], inner: boolean): Proof {
  return {
    id: 'ports.closed',
    title: `${inner ? 'Unencrypted and internal' : 'Unencrypted'} ports (${ports.join(', ')}) are closed to the world`,
    async run(outside) {
      const reached = new Set<string>();
      const looks = await everywhere(outside, (addresses) => silence(addresses, ports, open, reached));
      return judgeClosed(looks, (await outside.inside).inventory, reached);
    },
  };
}

/** Looks at the addresses that are known already, and then at those that only the look inside tells. */
async function everywhere(
  { addresses, inside }: Outside,
  look: (addresses: readonly string[]) => Promise<PortLook[]>,
): Promise<PortLook[]> {
  const now = look(addresses);
  const more = (await inside).addresses.filter((address) => !addresses.includes(address));
  return [...(await now), ...(await look(more))];
}

/**
 * Knocks at ports that should be closed, each address with the patience that it needs.
 * @param open ports of the same server that should answer @param reached gets the addresses from which anything came back
 */
export async function silence(
  addresses: readonly string[],
  ports: readonly number[],
  open: readonly number[],
  reached: Set<string>,
): Promise<PortLook[]> {
  const looks = await Promise.all(
    addresses.map(async (address) => {
      const patience = await patienceWith(address, open[0]);
      const seen = await eachPort([address], ports, (one, port) => lookForSilence(one, port, patience));
      if (seen.some(comesBack) || (await anyAnswers(address, open))) reached.add(address);
      return seen;
    }),
  );
  return looks.flat();
}

const comesBack = ({ seen }: { seen: PortSeen }): boolean => seen === 'open' || seen === 'refused';

async function anyAnswers(address: string, open: readonly number[]): Promise<boolean> {
  for (const port of open) if (comesBack({ seen: await lookAtPort(address, port) })) return true;
  return false;
}

/**
 * Pure. Whether nothing answers. Silence of an address none of whose ports answers may be this network’s own.
 * @param reached addresses from which something came back, on whichever port
 */
export function judgeClosed(ports: PortLook[], inventory: Inventory, reached: ReadonlySet<string>): Proved {
  const looked = ports.filter(({ seen }) => seen !== 'unreachable');
  const answered = ports.filter(({ seen }) => seen === 'open');
  if (looked.length === 0) return nowhere(ports);
  const silent = looked.filter(({ address }) => !reached.has(address));
  if (answered.length === 0 && silent.length > 0)
    return {
      ok: undefined,
      detail: `no port of ${addressesOf(silent).join(' and ')} answered, not even those that should be open: the network that you are in may close them all`,
      hint: 'Run this again when the open ports answer, or from another network.',
      ports,
    };
  if (answered.length === 0) return { ok: true, detail: words(looked), ports };
  const why = new Set(answered.map((look) => whyOpen(look, inventory)));
  return { ok: false, detail: words(answered, looked), hint: [...why].join(' '), ports };
}

function judgeOpen(ports: PortLook[], wanted: readonly PortSeen[], inventory: Inventory): Proved {
  const looked = ports.filter(({ seen }) => seen !== 'unreachable');
  const closed = looked.filter(({ seen }) => !wanted.includes(seen));
  if (looked.length === 0) return nowhere(ports);
  if (closed.length === 0) return { ok: true, detail: words(looked), ports };
  const why = new Set(closed.map((look) => whyClosed(look, inventory)));
  return { ok: false, detail: words(closed, looked), hint: [...why].join(' '), ports };
}

function nowhere(ports: PortLook[]): Proved {
  return {
    ok: undefined,
    detail: `there is no way to ${addressesOf(ports).join(' and ')} from this computer`,
    ports,
  };
}

/** Not every network has IPv6: whether what devices find by the AAAA record could be looked at from here. */
export const ipv6Proof: Proof = {
  id: 'ports.ipv6',
  title: 'What devices find over IPv6 was looked at as well',
  async run({ addresses }) {
    const address = addresses.find((one) => isIPv6(one));
    if (address === undefined) return { ok: true, detail: 'DNS names no IPv6 address' };
    const seen = await lookAtPort(address, 80);
    if (seen !== 'unreachable') return { ok: true, detail: address };
    return {
      ok: undefined,
      detail: `this computer has no way to ${address}`,
      hint: 'Run this from a network with IPv6; or, if there is none, accept it in broker.yaml (accept: ports.ipv6).',
    };
  },
};

async function eachPort(
  addresses: readonly string[],
  ports: readonly number[],
  look: (address: string, port: number) => Promise<PortSeen>,
  transport: PortLook['transport'] = 'tcp',
): Promise<PortLook[]> {
  const all = addresses.flatMap((address) => ports.map((port) => ({ address, port })));
  return Promise.all(
    all.map(async ({ address, port }) => ({ port, transport, address, seen: await look(address, port) })),
  );
}

const addressesOf = (looks: readonly PortLook[]): string[] => [
  ...new Set(looks.map(({ address }) => address)),
];

/**
 * `8883 open, 8084 filtered`; where several addresses were looked at and do not agree, each behind its own.
 * @param all what was looked at, of which `looks` may be a part
 */
function words(looks: readonly PortLook[], all: readonly PortLook[] = looks): string {
  const at = addressesOf(all).map((address) => {
    const told = looks
      .filter((look) => look.address === address)
      .map(({ port, seen }) => `${port} ${seen}`)
      .join(', ');
    return { address, told };
  });
  if (new Set(at.map(({ told }) => told)).size === 1) return at[0]?.told ?? '';
  return at
    .filter(({ told }) => told !== '')
    .map(({ address, told }) => `${address}: ${told}`)
    .join('; ');
}
