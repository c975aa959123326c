import type { Report } from '../doctor/report.js';
import { WAY_NAMES } from '../engine/logins.js';

const ROOT = {
  itself: 'is root',
  'with-password': 'root by sudo, with its password',
  'without-password': 'root by sudo, without a password',
  limited: 'some commands as root by sudo',
  no: 'no way to root',
} as const;

/** A line below a group, and how far it is indented. */
export interface Aside {
  text: string;
  margin: number;
}

const wayName = (way: Report['accounts'][number]['ssh'][number]): string =>
  way === 'key' || way === 'password' ? way : WAY_NAMES[way];

/** One account in words, and each of its keys below it. */
export function accountLines({ name, root, ssh, shell, keys }: Report['accounts'][number]): Aside[] {
  const far = shell === false ? ', for forwarding and SFTP only' : '';
  const way = ssh.length === 0 ? 'no login over SSH' : `logs in with ${ssh.map(wayName).join(' or ')}${far}`;
  const told = keys.filter(({ refused }) => ssh.includes('key') || refused !== undefined);
  return [
    { text: `${name}: ${way}; ${ROOT[root]}`, margin: 4 },
    ...told.map(({ fingerprint, comment, refused, limits = [] }) => {
      const more = refused === undefined ? limits.join(', ') : `refused: ${refused}`;
      return { text: `key ${comment} ${fingerprint}${more && ` (${more})`}`, margin: 6 };
    }),
  ];
}
