import type { Line } from '../../src/doctor/report.js';
import type { ProofResult } from '../../src/engine/events.js';
import type { Look } from '../../src/engine/look.js';
import { defineStep, type Finding, type Proof, type Proved, type Step } from '../../src/engine/step.js';
import { sh } from '../../src/sh.js';

/** A step that asks nothing: only its name and its proofs matter here. */
export const part = (id: string, title = `Step ${id}`, proofs: Proof[] = []): Step =>
  defineStep({ id, title, probe: () => sh`true`, parse: () => ({}), check: () => [], proofs: () => proofs });

/** What was seen of a step: nothing wrong, unless something is given. */
export const lookAt = (step: Step, more: Partial<Omit<Look, 'step'>> = {}): Look => ({
  step,
  ...{ findings: [], facts: [], inventory: {}, unknown: undefined },
  ...more,
});

export const finding = (more: Partial<Finding> = {}): Finding => ({
  id: 'ufw.rules',
  level: 'stop',
  summary: 'Ports are open.',
  ...more,
});

export const proofOf = (step: string, id: string, proved: Proved): ProofResult => ({
  type: 'proof',
  step,
  id,
  title: `What ${id} says`,
  proved,
});

export const lineOf = (more: Partial<Line> = {}): Line => ({
  id: 'ufw.rules',
  group: 'ufw',
  state: 'problem',
  seen: 'inside',
  summary: 'Ports are open.',
  ...more,
});
