import type { Finding } from '../engine/step.js';
import type { Listener } from './broker.js';

/**
 * Pure. Ports of the broker that another program has; only a person can say which of them is to go.
 * @param listening TCP port → name of the program
 * @param own how the broker's own process is called
 */
export function takenPorts(
  listening: ReadonlyMap<number, string>,
  listeners: readonly Listener[],
  own: string,
): Finding[] {
  return listeners.flatMap(({ port, title, transport }) => {
    const program = transport === 'tcp' ? listening.get(port) : undefined;
    // In some containers not even root sees whose a socket is; then the start of the broker will tell.
    if (!program || program === own) return [];
    return [
      {
        id: `conf-edits.port-${port}`,
        level: 'stop',
        summary: `Port ${port} (${title}) is already used on the server by ${program}.`,
        hint: 'Stop that program and keep it from starting again, then run this again.',
      } satisfies Finding,
    ];
  });
}
