import type { Line } from '../../doctor/report.js';
import { html, type Markup, prose } from './markup.js';
import { dayText, momentOf } from './moment.js';
import { STATES, sign } from './state.js';

/** One thing that was looked at: what it is, why it matters, what mends it. */
export function lineItem({ id, state, seen, summary, detail, why, mend, fix, accepted }: Line): Markup {
  const { word } = STATES[state];
  return html`<li class="${accepted ? 'accepted' : state}">${sign(state)}<p class="what"><b${
    state === 'ok' && !accepted && html` class="hide"`
  }>${accepted ? `Accepted ${word.toLowerCase()}` : word}:</b> ${prose(summary)}</p>
${detail && html`<p class="detail">${prose(detail)}</p>`}${
  accepted && html`<p><b>Accepted ${until(accepted.until)}:</b> ${accepted.reason}</p>`
}${why && html`<p><b>Why it matters:</b> ${prose(why)}</p>`}${
  mend && html`<p><b>To mend it:</b> ${fix ? html`<code>${mend}</code>` : prose(mend)}</p>`
}<p class="small"><code>${id}</code> · seen from ${seen}</p></li>
`;
}

function until(day: string | undefined): string {
  if (day === undefined) return 'without an end date';
  const moment = momentOf(day);
  return `until ${moment === undefined ? day : dayText(moment)}`;
}
