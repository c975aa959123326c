import type { Settings } from '../settings/schema.js';
import type { Broker } from './broker.js';
import { emqx } from './emqx.js';
import { mosquitto } from './mosquitto.js';

/** The broker that the settings ask for. */
export function brokerFor({ broker }: Pick<Settings, 'broker'>): Broker {
  return broker.kind === 'emqx' ? emqx(broker) : mosquitto;
}
