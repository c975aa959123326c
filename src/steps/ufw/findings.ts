import type { Finding } from '../../engine/step.js';
import type { PortRule } from './ports.js';
import { OURS, same, type UfwRule } from './rules.js';

/** What somebody's own rules open besides; they are told and left alone. */
export function ownRules(rules: readonly UfwRule[], wanted: readonly PortRule[]): Finding[] {
  const own = rules.filter(
    (rule) =>
      ['allow', 'limit'].includes(rule.action) &&
      !rule.comment.startsWith(OURS) &&
      !wanted.some((port) => same(rule, port)),
  );
  const names = [...new Set(own.map((rule) => `${portsOf(rule)}${rule.only}`))];
  if (names.length === 0) return [];
  const plain = own.find(({ only, port }) => only === '' && port !== 'any');
  return [
    {
      id: 'ufw.own-rules',
      level: 'warn',
      summary: `Also open, by firewall rules of your own: ${names.join(', ')}.`,
      hint: plain
        ? `If nobody needs one of them: sudo ufw delete allow ${portsOf(plain)}`
        : 'If nobody needs one of them: sudo ufw status numbered, then sudo ufw delete NUMBER. Keep the one over which you come in.',
    },
  ];
}

function portsOf({ port, transport }: UfwRule): string {
  if (port === 'any') return 'everything';
  return transport === 'any' ? port : `${port}/${transport}`;
}

/**
 * A firewall that is on lets in only some to SSH; somebody has meant that, and may not mean it any more when they use this program. What would
 * be left of the way in without a rule for everybody, nobody here knows: addresses change.
 * @param missing rules that are about to be made
 */
export function sshOpenedFinding(
  ssh: readonly number[],
  missing: readonly PortRule[],
  rules: readonly UfwRule[],
): Finding[] {
  const opened = missing.filter(({ port, transport }) => transport === 'tcp' && ssh.includes(port));
  if (opened.length === 0) return [];
  const lettingIn = rules.filter(
    ({ action, transport, port }) =>
      ['allow', 'limit'].includes(action) &&
      transport !== 'udp' &&
      (port === 'any' || opened.some((one) => port.split(',').includes(String(one.port)))),
  );
  const narrow = lettingIn.filter(({ only }) => only !== '');
  if (narrow.length === 0 || lettingIn.some(({ fromAnywhere }) => fromAnywhere)) return [];
  const today = [...new Set(narrow.map(({ only }) => only.trim()))].join(', ');
  return [
    {
      id: 'ufw.ssh-opened',
      level: 'warn',
      summary: `The firewall lets people in to SSH only ${today}. This set-up opens SSH to everybody, for your key alone, so that a new address does not shut you out.`,
      hint: `To narrow it again afterwards: sudo ufw delete allow ${opened[0]?.port}/tcp. The next run would open it once more.`,
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
