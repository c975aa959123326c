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

/** Every step once, every fault at every position: what there is time for in each run of the tests. */
export const REDUCED: readonly Case[] = [
  { step: 'update', at: 'middle', fault: 'power' },
  { step: 'hostname', at: 'before', fault: 'kill' },
  { step: 'user', at: 'after', fault: 'link' },
  { step: 'ssh-keys', at: 'middle', fault: 'kill' },
  { step: 'sshd-config', at: 'after', fault: 'power' },
  // Here the timer of the guard has to fire, which takes its time.
  { step: 'ufw', at: 'after', fault: 'kill' },
  { step: 'broker-install', at: 'before', fault: 'power' },
  { step: 'certbot', at: 'middle', fault: 'link' },
  { step: 'conf-edits', at: 'middle', fault: 'power' },
  { step: 'renewal-hook', at: 'before', fault: 'link' },
  { step: 'fingerprint', at: 'middle', fault: 'kill' },
];
