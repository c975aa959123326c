import type { Line, LineState, Report } from '../../doctor/report.js';
import { lineItem } from './line.js';
import { html, type Markup } from './markup.js';
import { minute } from './moment.js';
import { folded } from './section.js';
import { STATES, sign } from './state.js';

interface Heap {
  title: string;
  state: LineState;
  absent?: string | undefined;
  lines: readonly Line[];
}

/** The groups with their lines, those that need somebody first. A line whose group nobody named is not lost. */
export function heaps({ groups, findings }: Pick<Report, 'groups' | 'findings'>): Heap[] {
  const strays = [...new Set(findings.map(({ group }) => group))]
    .filter((id) => !groups.some((group) => group.id === id))
    .map((id) => ({ id, title: id, state: worst(findings.filter(({ group }) => group === id)) }));
  return [...groups, ...strays]
    .map(({ id, title, state, absent }: Report['groups'][number]) => ({
      title,
      state,
      absent,
      lines: findings.filter(({ group }) => group === id),
    }))
    .sort((one, other) => rank(one) - rank(other));
}

function worst(lines: readonly Line[]): LineState {
  const states = lines.filter(({ accepted }) => !accepted).map(({ state }) => state);
  return states.sort((one, other) => STATES[one].rank - STATES[other].rank)[0] ?? 'ok';
}

/** Nothing that anybody has to read. */
const quiet = ({ state, accepted }: Line) => state === 'ok' && !accepted;

const rank = ({ state, lines }: Heap) => STATES[state].rank + (lines.every(quiet) ? 0.5 : 0);

/** What was found, group by group; what is fine is folded. */
export function foundSection(report: Report): Markup {
  return html`${heaps(report).map(heap)}`;
}

/** What was found the last time and is no more. */
export function goneSection({ gone = [], since }: Report): Markup | undefined {
  if (gone.length === 0) return undefined;
  return html`${since && html`<p>Found on ${minute(since)} UTC, and not any more:</p>`}${list(gone)}`;
}

function heap({ title, state, absent, lines }: Heap): Markup {
  if (absent !== undefined)
    return html`<div><h3>– ${title} (${absent})</h3></div>
`;
  const loud = lines.filter((line) => !quiet(line));
  // That a step is in place is what its heading says.
  const fine = lines.filter((line) => quiet(line) && line.summary !== title);
  const head = html`<h3>${sign(state)}${title}<span class="hide">: ${STATES[state].word}</span></h3>`;
  return html`<div class="${state}">${
    loud.length === 0 && fine.length > 0
      ? folded(html`${head} ${fine.length}\u00a0in\u00a0place`, list(fine))
      : html`${head}${list(loud)}${fine.length > 0 && folded(`${fine.length} more in place`, list(fine))}`
  }</div>
`;
}

function list(lines: readonly Line[]): Markup {
  return html`${lines.length > 0 && html`<ul class="lines">${lines.map(lineItem)}</ul>`}`;
}
