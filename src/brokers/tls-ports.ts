import type { Settings } from '../settings/schema.js';
import type { Broker } from './broker.js';

/**
 * The TCP ports on which a broker presents the certificate.
 * @param which quick: without those that speak WebSocket
 */
export function tlsPorts(
  broker: Pick<Broker, 'listeners'>,
  settings: Settings,
  which: 'all' | 'quick' = 'all',
): number[] {
  return broker
    .listeners(settings)
    .filter(
      ({ tls, transport, mqtt }) => tls && transport === 'tcp' && (which === 'all' || mqtt !== 'websocket'),
    )
    .map(({ port }) => port);
}
