import type { Report } from '../doctor/report.js';

const ROOT = {
  itself: 'is root',
  'with-password': 'root by sudo, with its password',
  'without-password': 'root by sudo, without a password',
  no: 'no way to root',
} as const;

/** One account in words, and each of its keys. */
export function accountLine({ name, root, ssh, keys }: Report['accounts'][number]): string[] {
  const way = ssh.length === 0 ? 'no login over SSH' : `logs in with ${ssh.join(' or ')}`;
  return [
    `${name}: ${way}; ${ROOT[root]}`,
    ...(ssh.includes('key') ? keys.map(({ fingerprint, comment }) => `  key ${comment} ${fingerprint}`) : []),
  ];
}
