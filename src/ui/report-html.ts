import type { Report } from '../doctor/report.js';
import { accountsSection } from './report-html/accounts.js';
import { certificatesSection } from './report-html/certificates.js';
import { foundSection, goneSection } from './report-html/groups.js';
import { head } from './report-html/head.js';
import { html, type Markup, written } from './report-html/markup.js';
import { page } from './report-html/page.js';
import { portsSection } from './report-html/ports.js';
import { pairs, sections } from './report-html/section.js';
import { verdict } from './report-html/verdict.js';

/**
 * A check-up as one HTML file to send on or to keep: it fetches nothing, runs nothing, and shows every text of the server as
 * text. Pure. The templates are our own, because a library for them would outweigh the page.
 */
export function reportHtml(report: Report): string {
  const { nav, main } = sections([
    { id: 'found', title: 'What was found', content: foundSection(report) },
    { id: 'gone', title: 'No longer found', content: goneSection(report) },
    { id: 'certificates', title: 'Certificates', content: certificatesSection(report) },
    { id: 'ports', title: 'Ports', content: portsSection(report) },
    { id: 'accounts', title: 'Who can log in', content: accountsSection(report) },
    { id: 'facts', title: 'Facts', content: factsSection(report) },
  ]);
  const title = `${verdict(report).text}: ${report.domain ?? report.server}, ${report.at.slice(0, 10)}`;
  return written(page(title, head(report, nav), main));
}

function factsSection({ facts }: Report): Markup | undefined {
  if (facts.length === 0) return undefined;
  return pairs(facts.map(({ label, value }) => [label, html`<code>${value}</code>`]));
}
