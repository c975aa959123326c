import type { Line, LineState, Report } from '../doctor/report.js';
import { colour, symbol } from '../terminal/theme.js';
import { joined, wrap } from '../terminal/wrap.js';
import { type Aside, accountLines } from './account-lines.js';

const SYMBOLS: Record<LineState, string> = {
  ok: symbol.ok,
  problem: symbol.bad,
  warning: symbol.warn,
  unknown: symbol.unknown,
};

/** The report for a terminal: each step or check with what was found and seen, then one line that sums up. */
export function doctorReport(report: Report): string {
  const { server, domain, system, groups, findings, gone } = report;
  const head = [server, domain === server ? undefined : domain, system].filter((part) => part !== undefined);
  const lines = [
    wrap(head.join(' · '), 0),
    '',
    ...groups.flatMap((group) => groupLines(report, group)),
    ...goneLines(gone),
    ...(groups.length > 0 || (gone ?? []).length > 0 ? [''] : []),
    total(report, findings.length + (gone ?? []).length),
    '',
  ];
  return lines.join('\n');
}

function groupLines(report: Report, { id, title, state, absent }: Report['groups'][number]): string[] {
  const own = report.findings.filter(({ group }) => group === id);
  return [
    absent === undefined ? `${SYMBOLS[state]} ${title}` : `- ${title} ${colour.dim(`(${absent})`)}`,
    // That a step is in place is what its heading says.
    ...own.filter((one) => !(one.state === 'ok' && one.id === id)).flatMap(findingLines),
    ...asides(report, id).map(({ text, margin }) => `${' '.repeat(margin)}${colour.dim(wrap(text, margin))}`),
  ];
}

function findingLines(line: Line): string[] {
  const { id, state, summary, detail, why, mend, accepted } = line;
  if (accepted) {
    const until = accepted.until === undefined ? '' : ` until ${accepted.until}`;
    return [`    ${colour.dim(`- ${wrap(`${sentence(summary)} Accepted${until}: ${accepted.reason}`, 6)}`)}`];
  }
  const text = state === 'ok' || detail === undefined ? summary : `${summary}: ${detail}`;
  if (state === 'ok') return [`    ${SYMBOLS.ok} ${wrap(`${text}${aside(line)}`, 6)}`];
  return [
    `    ${SYMBOLS[state]} ${wrap(`${sentence(text)} [${id}]`, 6)}`,
    ...(why === undefined ? [] : [`      ${colour.dim(wrap(why, 6))}`]),
    ...(mend === undefined ? [] : [`      ${symbol.todo} ${wrap(mend, 8)}`]),
  ];
}

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

/** Longer than a line, or told elsewhere: `fingerprint --all` prints them. */
const NOT_HERE = ['fingerprint.sha256', 'fingerprint.expires'];

/** What makes an ok less than it seems: seen a while ago, or nothing there to be looked at. */
function aside({ id, detail = '' }: Line): string {
  return / ago$/.test(detail) || (id === 'ports.ipv6' && detail.startsWith('DNS')) ? ` (${detail})` : '';
}

/** What is worth telling of a group although nothing is wrong with it. */
function asides({ facts, accounts, since }: Report, group: string): Aside[] {
  if (since !== undefined) return [];
  if (group === 'accounts') return accounts.flatMap(accountLines);
  return facts
    .filter(({ id }) => id.startsWith(`${group}.`) && !NOT_HERE.includes(id))
    .map(({ label, value }) => ({ text: `${label}: ${value}`, margin: 4 }));
}

function goneLines(gone: Report['gone'] = []): string[] {
  return gone.map(({ id, summary }) => `${symbol.ok} ${wrap(`No more: ${sentence(summary)} [${id}]`, 2)}`);
}

function total(report: Report, shown: number): string {
  const { since, gone } = report;
  if (gone !== undefined && shown === 0) {
    const last =
      since === undefined
        ? 'This is the first check-up from here'
        : `Nothing has changed since ${moment(since)}`;
    return `${wrap(`${last}.`, 0)}\n${verdict(report)}`;
  }
  return verdict(report);
}

const moment = (at: string): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;

function verdict({ counts: { problem, warning, unknown, accepted }, system, findings }: Report): string {
  const more = accepted > 0 ? [`${accepted} accepted`] : [];
  const parts = [
    ...(problem > 0 ? [`${symbol.bad} ${problem} ${problem === 1 ? 'problem' : 'problems'}`] : []),
    ...(warning > 0 ? [`${symbol.warn} ${warning} worth knowing`] : []),
    ...(unknown > 0 ? [`${symbol.unknown} ${unknown} could not be checked`] : []),
  ];
  const tried = findings.some(({ id }) => /^mqtt\..+-message$/.test(id));
  const outside = `No problem was found from outside. The server was not checked from inside${tried ? '' : ', and no login with a valid password was tried'}.`;
  const well = system === undefined ? outside : 'Everything is in place.';
  if (parts.length === 0) return joined([`${symbol.ok} ${wrap(well, 2)}`, ...more], ' · ');
  return joined([...parts, ...more], ' · ');
}
