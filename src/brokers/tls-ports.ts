import type { Settings } from '../settings/schema.js';
import type { Broker } from './broker.js';

/** The TCP ports on which a broker presents the certificate. */
export function tlsPorts(broker: Pick<Broker, 'listeners'>, settings: Settings): number[] {
  return broker
    .listeners(settings)
    .filter(({ tls, transport }) => tls && transport === 'tcp')
    .map(({ port }) => port);
}
