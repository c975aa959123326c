import type { Unit } from '../../engine/facts/units.js';

/** A firewall that keeps its rules in tables of its own while it runs. */
export const FIREWALLD = 'firewalld.service';

/** Pure. `8080/tcp` of each port that is handed on, ranges as ufw writes them. */
export function toldPublished(stdout: string): string[] {
  const found = [...stdout.matchAll(/^nat (\w+) (.+)$/gm)].flatMap(([, transport = '', ports = '']) =>
    [...ports.matchAll(/\d+(?:[-:]\d+)?/g)].map(([port]) => `${port.replace('-', ':')}/${transport}`),
  );
  return [...new Set(found)];
}

/** Pure. The other firewalls, by name. */
export const otherFirewalls = (stdout: string, firewalld: Unit): string[] => [
  ...new Set([...stdout.matchAll(/^other (.+)$/gm)].map(([, name = '']) => name)),
  ...(firewalld.active === 'active' ? ['firewalld'] : []),
];
