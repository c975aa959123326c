import type { Finding } from '../../engine/step.js';
import type { PortRule } from './ports.js';
import { OURS, same, type UfwRule } from './rules.js';

/** ufw would silently turn the user's rule into ours. */
export function deniedFinding({ port, transport, title }: PortRule): Finding {
  return {
    id: 'ufw.denied',
    level: 'stop',
    summary: `A firewall rule of your own closes port ${port} (${title}), which is needed.`,
    hint: `If it is not meant so any more, remove it on the server: sudo ufw delete deny ${port}/${transport}`,
  };
}

/** What somebody's own rules open besides; they are told and left alone. */
export function ownRules(rules: readonly UfwRule[], wanted: readonly PortRule[]): Finding[] {
  const own = rules.filter(
    (rule) =>
      ['allow', 'limit'].includes(rule.action) &&
      !rule.comment.startsWith(OURS) &&
      !wanted.some((port) => same(rule, port)),
  );
  const names = [
    ...new Set(own.map((rule) => (rule.transport === 'any' ? rule.port : `${rule.port}/${rule.transport}`))),
  ];
  if (names.length === 0) return [];
  return [
    {
      id: 'ufw.own-rules',
      level: 'warn',
      summary: `Also open, by firewall rules of your own: ${names.join(', ')}.`,
      hint: `If nobody needs one of them: sudo ufw delete allow ${names[0]}`,
    },
  ];
}

/** Somebody's own strictness; nobody has it by accident. */
export const OUTGOING: Finding = {
  id: 'ufw.outgoing',
  level: 'warn',
  summary: 'The firewall also holds back what the server sends (ufw default deny outgoing); that stays so.',
  hint: 'The server must get out for DNS (53), packages and renewals (80 and 443). To let all out: sudo ufw default allow outgoing',
};

/** What decides about ports past ufw, so that nobody believes it alone. @param guide the list of the guide, where it is open */
export function warnings(
  { published, others }: { published: readonly string[]; others: readonly string[] },
  guide: readonly number[] | undefined,
): Finding[] {
  const found: Finding[] = [];
  if (others.length > 0) {
    found.push({
      id: 'ufw.other',
      level: 'warn',
      summary: `Another firewall is at work beside this one (${others.join('; ')}): what it closes stays closed, whatever is allowed here.`,
      hint: 'See its rules with: sudo nft list ruleset. If they are not needed: sudo systemctl disable nftables, take them out of /etc/nftables.conf, and restart the server.',
    });
  }
  if (published.length > 0) {
    found.push({
      id: 'ufw.docker',
      level: 'warn',
      summary: `Containers publish ${published.join(', ')} to the world, past this firewall.`,
      hint: 'Where only this server is to reach them, publish them on 127.0.0.1: -p 127.0.0.1:8080:80.',
    });
  }
  if (guide !== undefined) {
    found.push({
      id: 'ufw.guide',
      level: 'warn',
      summary: `The guide's whole list of ports is open (${guide.join(', ')}): on the unencrypted ones passwords and data travel readable.`,
      hint: 'Set “exposure: encrypted” to close them.',
    });
  }
  return found;
}
