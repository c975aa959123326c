import { toShell } from '../engine/apply.js';
import type { Change, FileChange } from '../engine/change.js';
import { fileDiff } from '../engine/file-diff.js';
import type { Look } from '../engine/look.js';
import type { Finding } from '../engine/step.js';
import { clean } from '../sanitize.js';
import { colour, symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';

/** The plan as people read it: each step with what will be done, or that nothing is to do. */
export function preview(looks: readonly Look[], show: { diffs: boolean; commands: boolean }): string {
  return looks.map((found) => previewStep(found, show)).join('\n');
}

function previewStep(
  { step, findings, unknown, absent }: Look,
  show: { diffs: boolean; commands: boolean },
): string {
  if (unknown !== undefined) return `${symbol.unknown} ${colour.bold(step.title)}\n    ${wrap(unknown, 4)}`;
  const todo = findings.filter((finding) => finding.level !== 'warn');
  if (absent !== undefined) return `- ${step.title} ${colour.dim(`(${absent})`)}`;
  if (findings.length === 0) return `${symbol.ok} ${step.title} ${colour.dim('(in place)')}`;
  const head =
    todo.length === 0
      ? `${symbol.ok} ${step.title} ${colour.dim('(in place)')}`
      : `${symbol.todo} ${colour.bold(step.title)}`;
  return [head, ...findings.flatMap((finding) => previewFinding(finding, show))].join('\n');
}

function previewFinding(finding: Finding, show: { diffs: boolean; commands: boolean }): string[] {
  const lines = [
    `    ${{ change: '·', stop: symbol.bad, warn: symbol.warn }[finding.level]} ${wrap(finding.summary, 6)}`,
  ];
  if (finding.hint) lines.push(`      ${colour.dim(wrap(finding.hint, 6))}`);
  const { change } = finding;
  if (change?.kind === 'write' && show.diffs)
    lines.push(...change.files.flatMap((file) => indent(showDiff(file))));
  if (change && (change.kind === 'run' || change.kind === 'write') && show.commands)
    lines.push(...indent(commands(change)));
  return lines;
}

function commands(change: Extract<Change, { kind: 'run' | 'write' }>): string {
  const text =
    change.kind === 'run' ? toShell(change).show : change.activate && `then: ${change.activate.show.trim()}`;
  return text ? colour.dim(text.split('\n').map(clean).join('\n')) : '';
}

/** A unified diff with colours; content that is secret shows only that it is. */
function showDiff(file: FileChange): string {
  const head = `${clean(file.path)}  ${colour.dim(`(${file.owner}, ${file.mode})`)}`;
  const body = fileDiff(file)?.map(clean);
  if (body === undefined) return `${head}\n${colour.dim('(content not shown: it is secret)')}`;
  const coloured = body.map((line) =>
    line.startsWith('+') ? colour.green(line) : line.startsWith('-') ? colour.red(line) : line,
  );
  return [head, ...coloured].join('\n').trimEnd();
}

function indent(text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `        ${line}`);
}
