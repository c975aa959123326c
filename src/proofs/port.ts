import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { PortSeen } from '../engine/inventory.js';

/** How long a port may take to answer, in milliseconds. */
export const PATIENCE = 3000;

/**
 * Where silence is what is hoped for, it is waited for to the end. A packet may get lost: three are sent, this many milliseconds
 * apart, instead of one that the system repeats after a second (RFC 6298, section 2).
 */
const TRIES_AT = [0, 150, 300];

/** How many times as long as an open port of the same server an answer may take; and never less than this, in milliseconds. */
const TIMES_OPEN = 4;
const PATIENCE_LEAST = 300;

/**
 * What connect(2) says: of the network's answers "port unreachable" is a server's own no, while a firewall that rejects says
 * "host unreachable", "host prohibited" or "not permitted" (RFC 1122 section 3.2.2.1). Without a route nobody was asked.
 */
const MEANING: Readonly<Record<string, PortSeen>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'filtered',
  EHOSTUNREACH: 'rejected',
  EACCES: 'rejected',
  EPERM: 'rejected',
};

/** Pure. What an error of a socket says about the port; of all others, such as a name that DNS does not know: nobody was asked. */
export function meaningOf({ code }: NodeJS.ErrnoException): PortSeen {
  return MEANING[code ?? ''] ?? 'unreachable';
}

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
    socket.once('error', (error) => seen(meaningOf(error)));
  });
}

/** Knocks several times at a port that should be silent. Never rejects. */
export async function lookForSilence(address: string, port: number, patience: number): Promise<PortSeen> {
  const tries = TRIES_AT.map(async (after) => {
    await setTimeout(after);
    return lookAtPort(address, port, patience);
  });
  const seen = await Promise.all(tries);
  return seen.find((what) => what !== 'filtered') ?? 'filtered';
}

/** How long this server may take to answer from here, in milliseconds: measured at a port that is open, where there is one. */
export async function patienceWith(address: string, open: number | undefined): Promise<number> {
  if (open === undefined) return PATIENCE;
  const begun = performance.now();
  if ((await lookAtPort(address, open)) !== 'open') return PATIENCE;
  return Math.max(PATIENCE_LEAST, TIMES_OPEN * (performance.now() - begun));
}
