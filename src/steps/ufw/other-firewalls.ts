import { isEnabled, type Unit } from '../../engine/facts/units.js';
import type { Facts } from '../../engine/facts.js';
import type { Finding } from '../../engine/step.js';

/** Services that bring firewall rules of their own, by the names of their units. */
const OTHERS = ['firewalld', 'nftables', 'shorewall', 'ferm', 'csf'] as const;

export const FIREWALL_UNITS: readonly string[] = OTHERS.map((name) => `${name}.service`);

/** Pure. Those that are at work, or will be at the next start of the server. */
export const loadedAtStart = (facts: Facts): string[] =>
  OTHERS.filter((name) => isThere(facts.unit(`${name}.service`)));

/** Of a removed package the script in /etc/init.d stays, and systemd makes a unit of it. */
function isThere(unit: Unit): boolean {
  const { file, active } = unit;
  return (
    file !== '' && !file.startsWith('/run/systemd/generator') && (active === 'active' || isEnabled(unit))
  );
}

/**
 * Pure. Each of them loads its rules at the start of the server, and some throw all others away before that: which of two wins
 * is chance, and neither can be believed. What netfilter-persistent keeps is looked at rule by rule elsewhere: Oracle's images have it.
 * @param level stop while ufw is still to be switched on
 */
export function otherFirewallFindings(names: readonly string[], level: 'stop' | 'warn'): Finding[] {
  const [first] = names;
  if (first === undefined) return [];
  return [
    {
      id: 'ufw.other-firewall',
      level,
      summary: `Another firewall is at work on this server: ${names.join(', ')}. Beside the one of this set-up (ufw) neither can be relied on.`,
      hint: `Look at its rules with: sudo nft list ruleset. If nobody needs them: sudo systemctl disable --now ${first}. Open what you still need in ufw, then run the same command again.`,
    },
  ];
}
