import type { Finding, Proved } from './step.js';

/** What happens during a run, as data; the screen and --json are two readers of the same stream. */
export type Event =
  | { type: 'step-start'; step: string; title: string }
  | { type: 'change'; step: string; finding: Finding }
  /** The change was made. */
  | { type: 'changed'; step: string; finding: Finding }
  /** A live line of what apt, certbot ... are saying; cleaned of control characters. */
  | { type: 'line'; step: string; text: string }
  /** Nothing happens for a while, and why; cleaned. */
  | { type: 'wait'; step: string; text: string }
  | { type: 'proof'; step: string; id: string; title: string; proved: Proved }
  | { type: 'warning'; step: string; finding: Finding }
  /** stopped: the person has asked for it, between two changes. */
  | {
      type: 'step-end';
      step: string;
      state: 'in-place' | 'changed' | 'failed' | 'stopped';
      seconds: number;
    };

/** A proof and what came of it. */
export type ProofResult = Extract<Event, { type: 'proof' }>;

export type Emit = (event: Event) => void;
