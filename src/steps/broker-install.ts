import { brokerFor } from '../brokers/index.js';
import type { Probed } from '../engine/probe.js';
import { defineStep } from '../engine/step.js';

/** Installs the broker and keeps its service running; how, each broker knows. */
export const brokerInstall = defineStep<Probed>({
  id: 'broker-install',
  title: 'Install the broker',
  packages: ({ broker, settings }) => broker.packages(settings),
  needs: (asking) => brokerFor(asking.settings).install.needs(asking),
  probe: (asking) => brokerFor(asking.settings).install.probe(asking),
  parse: (output) => output,
  check: (output, context) => brokerFor(context.settings).install.see(output, context).findings,
  facts: (output, context) => brokerFor(context.settings).install.see(output, context).facts,
  proofs: (context) => brokerFor(context.settings).install.proofs(context),
});
