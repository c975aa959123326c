import type { Finding } from '../../engine/step.js';
import { portFits } from './kernel/match.js';
import type { PortRule } from './ports.js';
import { OURS, same, type UfwRule } from './rules.js';

/**
 * Pure. The rules of the owner's that close a port which is needed, in ufw's own order: the first rule that is about a
 * connection decides, so one that denies counts unless a rule before it allows. `ufw allow` would silently turn a rule for just this port into ours, and
 * would add its own behind any other.
 */
export function deniedFindings(rules: readonly UfwRule[], needed: readonly PortRule[]): Finding[] {
  const closed = needed.flatMap((port) => {
    const deciding = [4, 6].map((family) => decides(rules, port, family));
    const rule = [...deciding, ...rules.filter((one) => same(one, port))].find(isDenial);
    return rule ? [{ port, rule }] : [];
  });
  const [first] = closed;
  if (first === undefined) return [];
  const closing = closed.map(({ port }) => `${port.port} (${port.title})`).join(', ');
  const named = [...new Set(closed.map(({ rule }) => commandOf(rule)))];
  return [
    {
      id: 'ufw.denied',
      level: 'stop',
      summary: `A firewall rule of your own closes port ${closing}, which ${closed.length === 1 ? 'is' : 'are'} needed: ${named.join('; ')}.`,
      hint: `If it is no longer meant, remove it on the server: ${[...new Set(closed.map(({ rule }) => removal(rule)))].join('; ')}`,
    },
  ];
}

const isDenial = (rule: UfwRule | undefined): boolean => /^(deny|reject)/.test(rule?.action ?? '');

/** The first rule for everybody that is about this port; of one that is for some, others decide. */
function decides(rules: readonly UfwRule[], port: PortRule, family: number): UfwRule | undefined {
  return rules.find((rule) => rule.family === family && rule.only === '' && isAbout(rule, port));
}

const isAbout = (rule: UfwRule, { port, transport }: PortRule): boolean =>
  (rule.transport === 'any' || rule.transport === transport) &&
  (rule.port === 'any' || portFits(rule.port, port) === 'yes');

const ports = ({ port, transport }: UfwRule): string => (transport === 'any' ? port : `${port}/${transport}`);

const commandOf = (rule: UfwRule): string =>
  rule.port === 'any' ? `ufw ${rule.action} from any` : `ufw ${rule.action} ${ports(rule)}`;

/** A rule for one port is named by it; the numbers of others change with each that is removed. */
const removal = (rule: UfwRule): string =>
  rule.port === 'any' || rule.application || rule.comment.startsWith(OURS)
    ? 'sudo ufw status numbered, then sudo ufw delete NUMBER'
    : `sudo ufw delete ${rule.action} ${ports(rule)}`;
