import type { Settings } from '../settings/schema.js';
import type { BrokerFacts } from './broker-facts.js';

/** How the UDP ports are marked; the others are TCP. */
export const UDP = '/udp';

/**
 * The ports on which a broker presents the certificate: `8883`, `5684/udp`.
 * @param which quick: without those that speak WebSocket; world: those that this computer may look at, which knows no DTLS
 */
export function tlsPorts(
  broker: Pick<BrokerFacts, 'listeners'>,
  settings: Settings,
  which: 'all' | 'quick' | 'world' = 'all',
): string[] {
  return broker
    .listeners(settings)
    .filter(({ tls }) => tls)
    .filter(({ mqtt }) => which !== 'quick' || mqtt !== 'websocket')
    .filter(({ reach, transport }) => which !== 'world' || (reach === 'world' && transport === 'tcp'))
    .map(({ port, transport }) => `${port}${transport === 'udp' ? UDP : ''}`);
}
