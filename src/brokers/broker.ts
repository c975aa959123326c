import type { BrokerFacts } from '../engine/broker-facts.js';
import type { Part } from '../engine/step.js';

/** All that differs between brokers and their versions, with the parts that broker-install and conf-edits run. */
export interface Broker extends BrokerFacts {
  install: Part;
  conf: Part;
}
