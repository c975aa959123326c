import type { LineState, Report } from '../../doctor/report.js';
import { html, type Markup } from './markup.js';
import { minute } from './moment.js';
import { pairs } from './section.js';
import { judged } from './state.js';
import { count, verdict } from './verdict.js';

/** What a reader wants to know first: which server, when, and whether all is well. */
export function head(report: Report, nav: Markup): Markup {
  const { server, domain, system, at, since, counts } = report;
  const { state, text } = verdict(report);
  return html`<header><p class="small">Check-up by broker-setup doctor</p>
<h1>${domain ?? server}</h1>
<p class="verdict">${judged(state, `${text}.`)}</p>
<p class="counts">${[
    counted('ok', counts.ok, `${counts.ok} in place`),
    counted('problem', counts.problem, count(counts.problem, 'problem')),
    counted('warning', counts.warning, count(counts.warning, 'warning')),
    counted('unknown', counts.unknown, `${counts.unknown} not checked`),
    html`<span>${counts.accepted} accepted</span>`,
  ]}</p>
${pairs([
  ['Server', server],
  ...(domain && domain !== server ? [['Domain', domain] as const] : []),
  ['System', system ?? 'not known, it was not seen from inside'],
  ['Looked at', html`${minute(at)} UTC`],
  ...(since ? [['Compared with', html`${minute(since)} UTC`] as const] : []),
])}${nav}</header>
`;
}

/** None of something is nothing to be alarmed at. The space behind parts the words for those who copy or hear them. */
function counted(state: LineState, number: number, text: string): Markup {
  return html`${number > 0 ? judged(state, text) : html`<span class="soft">${text}</span>`} `;
}
