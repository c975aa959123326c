import type { Report } from '../../doctor/report.js';
import { WAY_NAMES } from '../../engine/logins.js';
import { html, type Markup } from './markup.js';
import { table } from './section.js';

type Account = Report['accounts'][number];

const ROOT = {
  itself: 'is root',
  'with-password': 'with sudo and a password',
  'without-password': 'with sudo, without a password',
  limited: 'some commands, with sudo',
  no: 'no',
} as const satisfies Record<Account['root'], string>;

const wayName = (way: Account['ssh'][number]): string =>
  way === 'key' || way === 'password' ? `a ${way}` : WAY_NAMES[way];

/** Who can log in, how, and with which keys. */
export function accountsSection({ accounts }: Report): Markup | undefined {
  if (accounts.length === 0) return undefined;
  return table(
    'Accounts, and how they log in',
    ['Account', 'Over SSH', 'Becomes root', 'Has a password', 'SSH keys'],
    accounts.map(({ name, root, password, ssh, keys }) => [
      html`<code>${name}</code>`,
      ssh.length === 0 ? 'no' : `with ${ssh.map(wayName).join(' or ')}`,
      ROOT[root],
      password ? 'yes' : 'no',
      keys.length === 0 ? 'none' : html`<ul>${keys.map(key)}</ul>`,
    ]),
  );
}

function key({ type, fingerprint, comment, refused, limits = [] }: Account['keys'][number]): Markup {
  const more = refused === undefined ? limits.join(', ') : `refused: ${refused}`;
  return html`<li>${comment || 'without a comment'}<p class="small">${type} <code>${fingerprint}</code>${more && html`<br>${more}`}</p></li>`;
}
