import type { Asking, Proof } from '../engine/step.js';
import { mqttProofs } from './mqtt.js';
import { portProofs } from './ports.js';
import { tlsProofs } from './tls.js';

/** All that can be seen of a broker from outside, from the port to a message. */
export function brokerProofs(context: Asking): Proof[] {
  return [...portProofs(context), ...tlsProofs(context), ...mqttProofs(context)];
}
