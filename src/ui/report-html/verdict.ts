import type { LineState, Report } from '../../doctor/report.js';

/** `1 problem`, `2 problems`. */
export function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

/** The whole check-up in a few words: what weighs most comes first. */
export function verdict({ ok, counts }: Pick<Report, 'ok' | 'counts'>): { state: LineState; text: string } {
  const { problem, unknown, warning } = counts;
  const parts = [
    problem > 0 && count(problem, 'problem'),
    unknown > 0 && `${unknown} could not be checked`,
  ].filter((part) => part !== false);
  if (parts.length > 0) return { state: problem > 0 ? 'problem' : 'unknown', text: parts.join(', ') };
  // What is not ok is never called healthy, whatever was counted.
  if (!ok) return { state: 'unknown', text: 'Could not be checked' };
  return { state: 'ok', text: warning > 0 ? `Healthy, with ${count(warning, 'warning')}` : 'Healthy' };
}
