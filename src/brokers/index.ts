import type { Settings } from '../settings/schema.js';
import type { Broker } from './broker.js';
import { mosquitto } from './mosquitto.js';

/** Every broker that can be set up, by `settings.broker.kind`. */
const BROKERS: Readonly<Record<Settings['broker']['kind'], Broker>> = {
  mosquitto,
};

/** The broker that the settings ask for. */
export function brokerFor(settings: Settings): Broker {
  return BROKERS[settings.broker.kind];
}
