/** What breaks a run. */
export const FAULTS = ['kill', 'link', 'power'] as const;
export type Fault = (typeof FAULTS)[number];

/** Where in a step it breaks: before its first change, half-way through its longest one, after its last one. */
export const POSITIONS = ['before', 'middle', 'after'] as const;
export type Position = (typeof POSITIONS)[number];

/** One cell of the matrix. */
export interface Case {
  step: string;
  at: Position;
  fault: Fault;
}

/** What is chosen of the matrix. */
export interface Choice {
  steps: readonly string[];
  faults: readonly Fault[];
  positions: readonly Position[];
}

/** Pure. The cells of a choice, step by step. */
export function cases({ steps, faults, positions }: Choice): Case[] {
  return steps.flatMap((step) => positions.flatMap((at) => faults.map((fault) => ({ step, at, fault }))));
}

export const nameOf = ({ step, at, fault }: Case): string => `${step}, ${at}, ${fault}`;

/**
 * Every step once, every fault at every position: what there is time for in each run of the tests. Where a run is broken
 * under a guard, it is mostly by power, because a start of the server does not wait for the guard's timer.
 */
export const REDUCED: readonly Case[] = [
  // The one that waits for the timer comes first: meanwhile the others have their turn.
  { step: 'ufw', at: 'after', fault: 'kill' },
  { step: 'update', at: 'middle', fault: 'power' },
  { step: 'hostname', at: 'before', fault: 'kill' },
  { step: 'user', at: 'before', fault: 'power' },
  { step: 'ssh-keys', at: 'middle', fault: 'kill' },
  { step: 'sshd-config', at: 'after', fault: 'power' },
  { step: 'fail2ban', at: 'middle', fault: 'kill' },
  { step: 'hardening', at: 'middle', fault: 'kill' },
  { step: 'broker-install', at: 'after', fault: 'link' },
  { step: 'certbot', at: 'middle', fault: 'link' },
  { step: 'conf-edits', at: 'middle', fault: 'power' },
  { step: 'renewal-hook', at: 'before', fault: 'link' },
  { step: 'fingerprint', at: 'middle', fault: 'kill' },
];
