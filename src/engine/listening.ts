import type { ListeningSocket } from './facts/listeners.js';
import type { Listening } from './inventory.js';

/** Pure. Who listens where: TCP port → name of the program, '' where the server does not say. */
export function programs(listeners: readonly ListeningSocket[]): Map<number, string> {
  return new Map(tcp(listeners).map(({ port, owners }) => [port, owners[0]?.program ?? '']));
}

/** Pure. As programs(), TCP port → id of the process; only those that the server names. */
export function processes(listeners: readonly ListeningSocket[]): Map<number, number> {
  return new Map(
    tcp(listeners).flatMap(({ port, owners: [owner] }) => (owner ? [[port, owner.pid] as const] : [])),
  );
}

const tcp = (listeners: readonly ListeningSocket[]) =>
  listeners.filter(({ transport }) => transport === 'tcp');

/** Pure. Each port once, as the inventory holds it. */
export function listening(listeners: readonly ListeningSocket[]): Listening[] {
  const found = new Map<string, Listening>();
  for (const { transport, address, port, owners } of listeners) {
    const one: Listening = {
      port,
      transport,
      program: owners[0]?.program ?? '',
      world: !/^(127\.|\[::1\]|\[?::ffff:127\.)|%lo$/.test(address),
    };
    const key = `${transport} ${port}`;
    const other = found.get(key);
    // The same port for both families, or for the world and the server itself: what reaches further counts.
    if (!other || (one.world && !other.world)) found.set(key, one);
  }
  return [...found.values()];
}
