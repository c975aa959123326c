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
