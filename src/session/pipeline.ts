import { brokerFor } from '../brokers/index.js';
import type { Asking, Laptop, Secrets } from '../engine/step.js';
import type { Settings } from '../settings/schema.js';

/**
 * Steps and brokers: the larger half of the program. Nobody needs it before the server has let somebody in, so a command imports this file
 * while it connects.
 */
export { steps } from '../steps/index.js';

/** What is known before the server was looked at. */
export function askingOf(settings: Settings, laptop: Laptop, secrets: Secrets): Asking {
  return { settings, broker: brokerFor(settings), laptop, secrets, packages: [], now: new Date() };
}
