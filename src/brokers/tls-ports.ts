import type { Settings } from '../settings/schema.js';
import type { Broker } from './broker.js';

/**
 * The TCP ports on which a broker presents the certificate.
 * @param which quick: without those that speak WebSocket; world: those that are seen from outside
 */
export function tlsPorts(
  broker: Pick<Broker, 'listeners'>,
  settings: Settings,
  which: 'all' | 'quick' | 'world' = 'all',
): number[] {
  return broker
    .listeners(settings)
    .filter(({ tls, transport }) => tls && transport === 'tcp')
    .filter(({ mqtt }) => which !== 'quick' || mqtt !== 'websocket')
    .filter(({ reach }) => which !== 'world' || reach === 'world')
    .map(({ port }) => port);
}
