import type { BrokerFacts, Listener } from '../engine/broker-facts.js';
import type { SeenFile } from '../engine/seen-files.js';
import type { Finding } from '../engine/step.js';
import { BEGIN } from './emqx/acl.js';
import { EMQX, VM } from './emqx/facts.js';
import { MOSQUITTO } from './mosquitto/facts.js';

/** A broker as an earlier run may have set it up. */
interface Earlier {
  title: string;
  /** How ss(8) names its process. */
  program: string;
  unit: string;
  /** A file that shows that the run was ours. */
  file: string;
  shows(content: string): boolean;
}

const BROKERS: readonly Earlier[] = [
  {
    title: 'Mosquitto',
    program: 'mosquitto',
    unit: MOSQUITTO.unit,
    file: MOSQUITTO.ours,
    shows: () => true,
  },
  {
    title: 'EMQX',
    program: VM,
    unit: EMQX.unit,
    file: EMQX.acl,
    shows: (content) => content.includes(BEGIN),
  },
];

/** The files by which an earlier set-up with another broker is recognized, for Needs. */
export const EARLIER_FILES: readonly string[] = BROKERS.map(({ file }) => file);

/**
 * Pure. Ports of the broker that another program has; only a person can decide which of them goes.
 * @param listening TCP port → name of the program
 * @param own how the broker's own process is called
 * @param files of the server, `EARLIER_FILES` among them
 */
export function takenPorts(
  listening: ReadonlyMap<number, string>,
  listeners: readonly Listener[],
  own: string,
  files: ReadonlyMap<string, SeenFile>,
  { title, unit }: Pick<BrokerFacts, 'title' | 'unit'>,
): Finding[] {
  const taken = listeners.flatMap((listener) => {
    const program = listener.transport === 'tcp' ? listening.get(listener.port) : undefined;
    // In some containers not even root sees whose a socket is; then the start of the broker will tell.
    return program && program !== own ? [{ ...listener, program }] : [];
  });
  const earlier = BROKERS.find((one) => {
    const file = files.get(one.file);
    const listens = taken.some(({ program }) => program === one.program);
    return one.unit !== unit && listens && file !== undefined && one.shows(file.content);
  });
  const theirs = taken.filter(({ program }) => program !== earlier?.program);
  const ours = taken.filter(({ program }) => program === earlier?.program).map(({ port }) => port);
  return [
    ...(earlier ? [replaces(earlier, ours, title)] : []),
    ...theirs.map(
      ({ port, title: of, program }): Finding => ({
        id: `conf-edits.port-${port}`,
        level: 'stop',
        summary: `Port ${port} (${of}) is already used on the server by ${program}.`,
        hint: 'Stop that program and keep it from starting again, then run this again.',
      }),
    ),
  ];
}

/** Its accounts would be lost to the devices, so it is not stopped without a person who knows that. */
function replaces({ title, unit }: Earlier, ports: readonly number[], next: string): Finding {
  const name = unit.replace(/\.service$/, '');
  return {
    id: `conf-edits.port-${ports[0] ?? 0}`,
    level: 'stop',
    summary: `${title}, which an earlier run of this program set up here, uses port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}. ${next} needs ${ports.length === 1 ? 'it' : 'them'}.`,
    hint: `To keep ${title}, set “broker” back in broker.yaml. To replace it: its accounts do not move to ${next}, so every device needs a new password, and no device can connect until ${next} is set up. Stop ${title} on the server with: sudo systemctl disable --now ${name}. Then run the same command again. Its files stay; “sudo systemctl enable --now ${name}” starts it again.`,
  };
}
