import type { Report } from '../../doctor/report.js';
import { html, type Markup, type Piece } from './markup.js';
import { type PortEntry, portVerdict } from './port-verdict.js';
import { table } from './section.js';
import { judged } from './state.js';

const SEEN = {
  open: 'open',
  refused: 'refused, nothing listens',
  rejected: 'rejected by a firewall',
  filtered: 'no answer',
  wrong: 'something else answers',
  unreachable: 'no way there',
} as const satisfies Record<PortEntry['outside'][number]['seen'], string>;

const FIREWALL = {
  open: 'lets it through',
  closed: 'closes it',
  bypassed: 'is bypassed',
} as const satisfies Record<NonNullable<PortEntry['firewall']>, string>;

/** Each port seen from inside and from outside, and where the two do not fit what is wanted. */
export function portsSection({ ports }: Report): Markup | undefined {
  if (ports.length === 0) return undefined;
  // Where the server told of its programs, the SSH server at least is among them.
  const stock = ports.some(({ program }) => program !== undefined);
  const judgements = ports.map((port) => ({ port, verdict: portVerdict(port, stock) }));
  const odd = judgements.filter(({ verdict }) => verdict.state !== 'ok').map(({ port }) => name(port));
  return html`<p>${odd.length === 0 ? 'Every port is as it is wanted.' : `To look at: ${odd.join(', ')}.`}</p>
<p class="small">Inside is what the server says. Outside is what the computer that made this check-up saw, at each address.</p>
${table(
  'Ports, inside against outside',
  ['Port', 'Result', 'For the world', 'Inside: program', 'Inside: firewall', 'Outside: seen'],
  judgements.map(({ port, verdict }) => [
    html`<code>${name(port)}</code>${port.title && html`<br>${port.title}`}`,
    judged(verdict.state, verdict.text),
    port.wanted ? 'wanted' : 'not wanted',
    program(port, stock),
    port.firewall ? FIREWALL[port.firewall] : 'not known',
    port.outside.length === 0
      ? 'not looked at'
      : port.outside.map(({ address, seen }) => html`<p><code>${address}</code> ${SEEN[seen]}</p>`),
  ]),
)}`;
}

function name({ port, transport }: PortEntry): string {
  return `${port}/${transport}`;
}

function program({ program, local }: PortEntry, stock: boolean): Piece {
  if (program === undefined) return stock ? 'nothing listens' : 'not known';
  return html`${program || 'one without a name'}${local && ', for the server itself'}`;
}
