import { type Firewall, type Listening, opens } from '../../engine/inventory.js';
import type { Finding } from '../../engine/step.js';
import type { PortRule } from './ports.js';

/** Let through by ufw itself: DHCP and mDNS (ufw, before.rules, before6.rules). */
const LET_THROUGH: readonly number[] = [68, 546, 5353];

/** What they have open is for their own network, or for answers to what they ask. */
const BACKGROUND = /^(dhclient|avahi-daemon|systemd-(resolve|network|timesyn)|NetworkManager|chronyd)/;

/**
 * Pure. What the world reaches today and will not once the firewall is switched on: a website, a VPN, a panel of somebody's.
 * Said before the yes, not after.
 */
export function closesFindings(
  listeners: readonly Listening[],
  firewall: Firewall,
  wanted: readonly PortRule[],
): Finding[] {
  if (firewall.on) return [];
  const cut = listeners.filter(
    ({ port, transport, program, world }) =>
      world &&
      !wanted.some((one) => one.port === port && one.transport === transport) &&
      !opens(firewall, port, transport) &&
      !firewall.published.includes(`${port}/${transport}`) &&
      !(transport === 'udp' && LET_THROUGH.includes(port)) &&
      !BACKGROUND.test(program),
  );
  const [first] = cut;
  if (first === undefined) return [];
  const names = cut.map(
    ({ port, transport, program }) => `${port}/${transport}${program && ` (${program})`}`,
  );
  return [
    {
      id: 'ufw.closes',
      level: 'warn',
      summary: `Once the firewall is on, nobody reaches these from outside any more: ${names.join(', ')}.`,
      hint: `Where somebody needs one, open it on the server, before or after: sudo ufw allow ${first.port}/${first.transport}. Such a rule is left alone. (Where there is no ufw yet: sudo apt install ufw.)`,
    },
  ];
}
