import type { ProofResult } from '../engine/events.js';
import type { Look } from '../engine/look.js';
import type { Context, Finding } from '../engine/step.js';
import type { Settings } from '../settings/schema.js';
import { wrap } from './preview.js';
import { proofSymbol } from './progress.js';
import { colour, symbol } from './theme.js';

/** Each step with what was found, then what was seen from outside, then one line that sums up. */
export function doctorReport(
  settings: Settings,
  context: Context,
  looks: readonly Look[],
  proofs: readonly ProofResult[],
): string {
  const lines = [`${settings.server} (${context.server.pretty})`, ''];
  for (const found of looks) {
    lines.push(stepLine(found), ...found.findings.flatMap(findingLines));
    for (const { title, proved } of proofs.filter((proof) => proof.step === found.step.id)) {
      lines.push(
        `    ${proofSymbol(proved.ok)} ${wrap(proved.ok === true ? title : `${title}: ${proved.detail}`, 6)}`,
      );
      if (proved.ok === false && proved.hint) lines.push(`      ${colour.dim(wrap(proved.hint, 6))}`);
    }
  }
  const problems =
    looks.flatMap((found) => found.findings.filter((one) => one.level !== 'warn')).length +
    proofs.filter(({ proved }) => proved.ok === false).length;
  const warnings = looks.flatMap((found) => found.findings.filter((one) => one.level === 'warn')).length;
  const unknown =
    looks.filter((found) => found.unknown !== undefined).length +
    proofs.filter(({ proved }) => proved.ok === undefined).length;
  lines.push('', total(problems, warnings, unknown), '');
  return lines.join('\n');
}

function stepLine({ step, findings, unknown }: Look): string {
  if (unknown !== undefined) return `${symbol.unknown} ${step.title}\n    ${wrap(unknown, 4)}`;
  const worst = findings.some((one) => one.level !== 'warn')
    ? symbol.bad
    : findings.length > 0
      ? symbol.warn
      : symbol.ok;
  return `${worst} ${step.title}`;
}

function findingLines(finding: Finding): string[] {
  const mark = finding.level === 'warn' ? symbol.warn : symbol.bad;
  const lines = [
    `    ${mark} ${wrap(finding.level === 'change' ? `To do: ${finding.summary}` : finding.summary, 6)}`,
  ];
  if (finding.hint) lines.push(`      ${colour.dim(wrap(finding.hint, 6))}`);
  return lines;
}

function total(problems: number, warnings: number, unknown: number): string {
  const parts = [
    problems > 0 && `${problems} to be put right (broker-setup init does what it can)`,
    warnings > 0 && `${warnings} worth knowing`,
    unknown > 0 && `${unknown} could not be checked`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? `${symbol.ok} Everything is in place.` : parts.join(', ');
}
