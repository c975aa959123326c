import type { Report } from '../../doctor/report.js';
import { holds, livesOf, timelineText } from './lives.js';
import { html, type Markup } from './markup.js';
import { minute, momentOf } from './moment.js';
import { folded, table } from './section.js';
import { judged } from './state.js';
import { timeline } from './timeline.js';

type Certificate = Report['certificates'][number];
type Note = NonNullable<Report['renewal']>['log'][number];

/** What is shown of a list that grows with the years; the rest is folded. */
const SHOWN = 4;

/** The certificates and their renewals: in a sentence, as a timeline, as tables. */
export function certificatesSection(report: Report): Markup | undefined {
  const { at, certificates, renewal } = report;
  if (certificates.length === 0 && !renewal) return undefined;
  const text = timelineText(report);
  const notes = renewal?.log ?? [];
  return html`${text !== '' && html`<p>${text}</p>`}
${timeline(report, text)}${newest(certificates, 'older', (some) => certificateTable(some, at))}${
  notes.length > 0 && html`<h3>What the renewals noted</h3>${newest(notes, 'earlier', noteTable)}`
}`;
}

/** The newest first, as they matter most. */
function newest<T>(oldestFirst: readonly T[], word: string, show: (some: readonly T[]) => Markup): Markup {
  const all = oldestFirst.toReversed();
  const rest = all.slice(SHOWN);
  return html`${all.length > 0 && show(all.slice(0, SHOWN))}${
    rest.length > 0 && folded(`${rest.length} ${word}`, show(rest))
  }`;
}

function certificateTable(certificates: readonly Certificate[], at: string): Markup {
  return table(
    'Certificates, newest first',
    ['Certificate', 'Valid (UTC)', 'Names and issuer', 'SHA-1, SHA-256'],
    certificates.map((one) => [
      use(one, momentOf(at)),
      html`<span class="when">${minute(one.validFrom)}<br>to ${minute(one.validTo)}</span>`,
      html`${one.names.join(', ')}<p class="small">${one.issuer}</p>`,
      html`<p class="small"><code>${one.sha1}</code></p><p class="small"><code>${one.sha256}</code></p>`,
    ]),
  );
}

function use(certificate: Certificate, now: number | undefined): Markup {
  if (!certificate.current) return html`Before`;
  const [life] = livesOf([certificate]);
  if (!life || now === undefined) return judged('unknown', 'In use');
  if (holds(life, now)) return judged('ok', 'In use');
  return judged('problem', now < life.from ? 'In use, not valid yet' : 'In use, has run out');
}

function noteTable(notes: readonly Note[]): Markup {
  return table(
    'Renewals, newest first',
    ['When (UTC)', 'Result', 'Noted'],
    notes.map(({ at, ok, text }) => [
      minute(at),
      judged(ok ? 'ok' : 'problem', ok ? 'Worked' : 'Failed'),
      html`<code>${text}</code>`,
    ]),
  );
}
