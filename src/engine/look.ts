import { randomBytes } from 'node:crypto';
import type { Host } from '../host/host.js';
import type { Sh } from '../sh.js';
import type { Inventory } from './inventory.js';
import type { Probed } from './probe.js';
import { batch, TOO_MUCH, unbatch } from './probe.js';
import { parseServer, type ServerFacts, serverProbe } from './server.js';
import { type Asking, type Context, type Fact, type Finding, packagesOf, type Step } from './step.js';

/** What one step was found to be: its findings, or why it could not be checked. */
export interface Look {
  step: Step;
  findings: Finding[];
  facts: Fact[];
  inventory: Inventory;
  /** Set where the probe gave no usable answer: such a step is never "in place". */
  unknown: string | undefined;
}

/** What is known of a server at first sight. */
export interface FirstLook {
  context: Context;
  looks: Look[];
  /** What was answered to `also`. */
  answered: ReadonlyMap<string, Probed>;
}

/** Runs the probes of `steps` in one round trip and hands each output to its step. */
export async function look(host: Host, steps: readonly Step[], context: Context): Promise<Look[]> {
  const outputs = await ask(host, probesOf(steps, context));
  return steps.map((step) => judge(step, outputs.get(step.id), context));
}

/**
 * The first look: the server's own facts and all steps, in one round trip.
 * @param also what else is to be asked on the way
 * @throws SetupError unsupported-system
 */
export async function firstLook(
  host: Host,
  steps: readonly Step[],
  asking: Asking,
  also: ReadonlyMap<string, Sh> = new Map(),
): Promise<FirstLook> {
  const own = [['server', serverProbe], ...also] as const;
  const probes = probesOf(steps, { ...asking, packages: packagesOf(steps, asking) });
  const answered = await ask(host, new Map([...own, ...probes]));
  const server: ServerFacts = parseServer(answered.get('server'), host.user, host.address);
  const context = { ...asking, server, packages: packagesOf(steps, asking, server) };
  return { context, answered, looks: steps.map((step) => judge(step, answered.get(step.id), context)) };
}

function probesOf(steps: readonly Step[], asking: Asking): Map<string, Sh> {
  return new Map(steps.map((step) => [step.id, step.probe(asking)]));
}

async function ask(host: Host, probes: ReadonlyMap<string, Sh>): Promise<Map<string, Probed>> {
  const mark = randomBytes(8).toString('hex');
  const { stdout } = await host.run({ script: batch(probes, mark) });
  return unbatch(stdout, mark);
}

/** Pure. A check that throws hides no other: it makes its own step unknown. */
function judge(step: Step, output: Probed | undefined, context: Context): Look {
  const nothing = { step, findings: [], facts: [], inventory: {} };
  if (!output) return { ...nothing, unknown: 'The server gave no answer to the question of this step.' };
  if (output.code === 124 || output.code === 137) {
    return { ...nothing, unknown: 'The server took too long to answer.' };
  }
  if (output.code === TOO_MUCH) return { ...nothing, unknown: 'The server answered without end.' };
  try {
    return { step, ...step.see(output, context), unknown: undefined };
  } catch (error) {
    return { ...nothing, unknown: error instanceof Error ? error.message : String(error) };
  }
}
