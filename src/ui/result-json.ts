import type { Event, ProofResult } from '../engine/events.js';
import { isInPlace } from '../engine/healthy.js';
import type { Look } from '../engine/look.js';
import type { StepOutcome } from '../engine/run.js';
import type { Finding } from '../engine/step.js';
import { SetupError, UsageError } from '../errors.js';
import type { Settings } from '../settings/schema.js';
import { jsonText } from './json.js';

/** Version of the JSON that --json prints; a field that changes its meaning makes it go up. */
const VERSION = 1;

const finding = ({ id, level, summary, hint }: Finding) => ({
  id,
  level,
  summary,
  ...(hint ? { hint } : {}),
});
const proof = ({ step, id, title, proved }: ProofResult) => ({
  step,
  id,
  title,
  ok: proved.ok ?? null,
  detail: proved.detail,
});
const print = (value: object) => jsonText({ version: VERSION, ...value });

/** What `init --json` prints. No secrets are in it. */
export function initJson(
  settings: Settings,
  events: readonly Event[],
  outcomes: readonly StepOutcome[],
  error: unknown,
): string {
  const ends = events.filter((event) => event.type === 'step-end');
  return print({
    server: settings.server,
    ok: error === undefined,
    steps: ends.map(({ step, state, seconds }) => ({
      id: step,
      // Readers of version 1 know no other word for it.
      state: state === 'stopped' ? 'failed' : state,
      seconds: Math.round(seconds * 1000) / 1000,
      changes: events.flatMap((event) =>
        event.type === 'change' && event.step === step ? [finding(event.finding)] : [],
      ),
      warnings: events.flatMap((event) =>
        event.type === 'warning' && event.step === step ? [finding(event.finding)] : [],
      ),
    })),
    proofs: events.flatMap((event) => (event.type === 'proof' ? [proof(event)] : [])),
    facts: outcomes.flatMap((outcome) => outcome.facts),
    ...(error === undefined ? {} : { error: errorJson(error) }),
  });
}

/** What `init --dry-run --json` prints: the plan. */
export function planJson(settings: Settings, looks: readonly Look[]): string {
  return print({
    server: settings.server,
    ok: looks.every(isInPlace),
    steps: looks.map(({ step, findings, unknown }) => ({
      id: step.id,
      ...(unknown === undefined ? {} : { unknown }),
      findings: findings.map(finding),
    })),
    facts: looks.flatMap((found) => found.facts),
  });
}

/** What every command prints with --json where it ended before it had anything to report. */
export const failureJson = (error: unknown): string => print({ ok: false, error: errorJson(error) });

function errorJson(error: unknown) {
  if (error instanceof SetupError)
    return {
      code: error.code,
      message: error.message,
      ...(error instanceof UsageError && error.problems.length > 0 ? { problems: error.problems } : {}),
      ...(error.hint ? { hint: error.hint } : {}),
    };
  return { code: 'defect', message: error instanceof Error ? error.message : String(error) };
}
