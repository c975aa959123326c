import { randomBytes } from 'node:crypto';
import type { Host } from '../host/host.js';
import type { Sh } from '../sh.js';
import { type Facts, factProbes, readFacts, together } from './facts.js';
import type { Inventory } from './inventory.js';
import { batch, type Frame, TOO_MUCH, unbatch } from './probe.js';
import { parseServer, type ServerFacts, serverProbe } from './server.js';
import { type Asking, type Context, type Fact, type Finding, packagesOf, type Step } from './step.js';

/** What one step was found to be: its findings, or why it could not be checked. */
export interface Look {
  step: Step;
  findings: Finding[];
  facts: Fact[];
  inventory: Inventory;
  /** Why there was nothing to check although nothing was found; such a step is not called in place. */
  absent?: string;
  /** Set where the probe gave no usable answer: such a step is never "in place". */
  unknown: string | undefined;
}

/** What is known of a server at first sight. */
export interface FirstLook {
  context: Context;
  looks: Look[];
  /** What was answered to `also`. */
  answered: ReadonlyMap<string, Frame>;
}

/** The script of a look at some steps, and the parser of its output. */
export interface Pending {
  /** Its output begins with a line that contains `mark`, which is unguessable. */
  script: Sh;
  mark: string;
  /** Pure. What each step finds in the output; text before the first mark is ignored. */
  read(stdout: string): Look[];
}

/** Pure but for its mark. */
export function pendingLook(steps: readonly Step[], context: Context): Pending {
  const mark = newMark();
  return {
    script: batch(probesOf(steps, context), mark),
    mark,
    read: (stdout) => judgeAll(steps, unbatch(stdout, mark), context),
  };
}

/** Runs the probes of `steps` in one round trip and hands each output to its step. */
export async function look(host: Host, steps: readonly Step[], context: Context): Promise<Look[]> {
  const { script, read } = pendingLook(steps, context);
  return read((await host.run({ script })).stdout);
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
  return { context, answered, looks: judgeAll(steps, answered, context) };
}

const newMark = () => randomBytes(8).toString('hex');

/** The probes of these steps by their ids, those of the facts that they share among them. */
function probesOf(steps: readonly Step[], asking: Asking): Map<string, Sh> {
  const shared = factProbes(together(steps.map((step) => step.needs(asking))));
  return new Map([...shared, ...steps.map((step) => [step.id, step.probe(asking)] as const)]);
}

async function ask(host: Host, probes: ReadonlyMap<string, Sh>): Promise<Map<string, Frame>> {
  const mark = newMark();
  const { stdout } = await host.run({ script: batch(probes, mark) });
  return unbatch(stdout, mark);
}

/** Pure. What each step finds in the frames of a batch. */
function judgeAll(steps: readonly Step[], frames: ReadonlyMap<string, Frame>, context: Context): Look[] {
  const facts = readFacts(frames);
  return steps.map((step) => judge(step, frames.get(step.id), facts, context));
}

/** Pure. A check that throws hides no other: it makes its own step unknown. */
function judge(step: Step, output: Frame | undefined, facts: Facts, context: Context): Look {
  const nothing = { step, findings: [], facts: [], inventory: {} };
  if (!output) return { ...nothing, unknown: 'The server gave no answer to the question of this step.' };
  if (output.code === 124 || output.code === 137) {
    return { ...nothing, unknown: 'The server took too long to answer.' };
  }
  if (output.code === TOO_MUCH) return { ...nothing, unknown: 'The server answered without end.' };
  try {
    return { step, ...step.see({ ...output, facts }, context), unknown: undefined };
  } catch (error) {
    return { ...nothing, unknown: error instanceof Error ? error.message : String(error) };
  }
}
