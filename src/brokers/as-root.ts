import type { Facts } from '../engine/facts.js';
import { processes } from '../engine/listening.js';
import type { Finding } from '../engine/step.js';

/**
 * Pure. Whether what listens for the broker does so as root. The process itself is asked: a setting says only what the next
 * start will do.
 */
export function listensAsRoot(facts: Facts, unit: string): boolean {
  const listening = new Set(processes(facts.listeners()).values());
  return facts.services().some((one) => one.unit === unit && one.uid === 0 && listening.has(one.pid));
}

/**
 * Pure.
 * @param runs whether it runs as root now
 * @param place what says so, as the beginning of a sentence; undefined where nothing was found that does
 * @param undo the commands with which it runs as a user of its own again
 */
export function asRootFinding(
  title: string,
  { runs, place }: { runs: boolean; place: string | undefined },
  undo: string,
): Finding[] {
  if (!runs && place === undefined) return [];
  const now = runs ? `${title} serves the world as root` : `${title} will run as root from its next start on`;
  return [
    {
      id: 'conf-edits.root',
      level: 'stop',
      summary: `${now}: ${place ?? 'no file that is read here says so, so it may have been started before they were changed, or by hand'}.`,
      hint: undo,
    },
  ];
}
