import type { Probed } from '../engine/probe.js';
import { defineStep } from '../engine/step.js';

/** Installs the broker and keeps its service running; how, each broker knows. */
export const brokerInstall = defineStep<Probed>({
  id: 'broker-install',
  title: 'Install the broker',
  packages: ({ broker, settings }) => broker.packages(settings),
  needs: (asking) => asking.broker.install.needs(asking),
  probe: (asking) => asking.broker.install.probe(asking),
  parse: (output) => output,
  check: (output, context) => context.broker.install.see(output, context).findings,
  facts: (output, context) => context.broker.install.see(output, context).facts,
  proofs: (context) => context.broker.install.proofs(context),
});
